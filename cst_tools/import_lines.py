"""The names of one import statement, added and removed in the style in which the statement lists them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import libcst as cst

_Key = tuple[str | int, ...]


def _by_type(name: str) -> _Key:
    """isort's default: constants, then classes, then functions."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return (kind, name)


_ORDERS: tuple[Callable[[str], _Key], ...] = (_by_type, lambda name: (name.casefold(),), lambda name: (name,))


@dataclass(frozen=True)
class Listing:
    """One import statement on lines of its own."""

    module: cst.Module

    @classmethod
    def parse(cls, code: str) -> Listing | None:
        """The statement; None when it is no plain list of names."""
        try:
            module = cst.parse_module(code)
        except cst.ParserSyntaxError:
            return None
        listing = cls(module)
        return listing if module.code == code and listing._statement() is not None else None

    @property
    def code(self) -> str:
        return self.module.code

    def _statement(self) -> cst.Import | cst.ImportFrom | None:
        if len(self.module.body) != 1 or not isinstance(self.module.body[0], cst.SimpleStatementLine):
            return None
        body = self.module.body[0].body
        if len(body) != 1 or not isinstance(body[0], (cst.Import, cst.ImportFrom)):
            return None
        return body[0] if not isinstance(body[0].names, cst.ImportStar) else None

    def _names(self) -> list[cst.ImportAlias]:
        node = self._statement()
        return list(node.names) if node is not None and not isinstance(node.names, cst.ImportStar) else []

    def _with(self, **changes: object) -> Listing:
        node = self._statement()
        assert node is not None
        return Listing(self.module.deep_replace(node, node.with_changes(**changes)))  # type: ignore[arg-type]  # a Module

    def with_name(self, name: str, alias: str | None) -> Listing:
        """With ``name`` where it sorts, else at the end."""
        node = self._statement()
        names = self._names()
        if not isinstance(node, cst.ImportFrom) or not names:
            return self
        new = cst.ImportAlias(cst.Name(name), cst.AsName(cst.Name(alias)) if alias else None)
        at = _position([n.evaluated_name for n in names], name)
        if at == len(names):
            return self._appended(node, names, new)
        names.insert(at, new.with_changes(comma=cst.Comma(whitespace_after=self._gap(node, names))))
        return self._with(names=names)

    def within(self, limit: int) -> Listing:
        """In parentheses, one name a line, where it is one line of more than ``limit`` columns."""
        lines = self.code.splitlines()
        return self._wrapped() if len(lines) == 1 and len(lines[0]) > limit else self

    def _appended(self, node: cst.ImportFrom, names: list[cst.ImportAlias], new: cst.ImportAlias) -> Listing:
        last = names[-1]
        gap = self._gap(node, names)
        if isinstance(last.comma, cst.Comma):
            # the last name's comma comes before the closing parenthesis, with the comment of its line
            closing = last.comma.whitespace_after
            names[-1] = last.with_changes(comma=last.comma.with_changes(whitespace_after=_with_comment(gap, closing)))
            names.append(new.with_changes(comma=last.comma.with_changes(whitespace_after=_without_comment(closing))))
            return self._with(names=names)
        if node.rpar is None:
            names[-1] = last.with_changes(comma=cst.Comma(whitespace_after=gap))
            return self._with(names=[*names, new])
        closing = node.rpar.whitespace_before
        names[-1] = last.with_changes(comma=cst.Comma(whitespace_after=_with_comment(gap, closing)))
        rpar = node.rpar.with_changes(whitespace_before=_without_comment(closing))
        return self._with(names=[*names, new], rpar=rpar)

    def _gap(self, node: cst.ImportFrom, names: Sequence[cst.ImportAlias]) -> cst.BaseParenthesizableWhitespace:
        """What stands between two names: a line break where each has its own line, else a blank."""
        inner = [n.comma.whitespace_after for n in names[:-1] if isinstance(n.comma, cst.Comma)]
        if not inner and node.lpar is not None and isinstance(node.lpar.whitespace_after, cst.ParenthesizedWhitespace):
            inner = [node.lpar.whitespace_after]
        if inner and all(isinstance(w, cst.ParenthesizedWhitespace) for w in inner):
            return _without_comment(inner[-1])
        if inner and all("\\" in getattr(w, "value", "") for w in inner):
            return inner[-1]
        return cst.SimpleWhitespace(" ")

    def without(self, local: str) -> Listing:
        """Without the name that is called ``local`` in the script, and without the comment behind it."""
        node = self._statement()
        names = self._names()
        at = next((i for i, n in enumerate(names) if _local(n) == local), None)
        if node is None or at is None or len(names) == 1:
            return self
        gone = names.pop(at)
        if at < len(names):
            return self._with(names=names)
        last = names[-1]
        if isinstance(gone.comma, cst.Comma) and isinstance(last.comma, cst.Comma):
            comma = gone.comma.with_changes(whitespace_after=_with_comment(_plain(gone), last.comma.whitespace_after))
            names[-1] = last.with_changes(comma=comma)
            return self._with(names=names)
        comment = last.comma.whitespace_after if isinstance(last.comma, cst.Comma) else cst.SimpleWhitespace("")
        names[-1] = last.with_changes(comma=cst.MaybeSentinel.DEFAULT)
        if isinstance(node, cst.ImportFrom) and node.rpar is not None:
            before = _with_comment(_without_comment(node.rpar.whitespace_before), comment)
            return self._with(names=names, rpar=node.rpar.with_changes(whitespace_before=before))
        return self._with(names=names)

    def _wrapped(self) -> Listing:
        """One name a line, in parentheses, with a trailing comma."""
        node = self._statement()
        names = self._names()
        if not isinstance(node, cst.ImportFrom):
            return self
        inner = cst.ParenthesizedWhitespace(last_line=cst.SimpleWhitespace("    "))
        closing = cst.ParenthesizedWhitespace()
        spread = [
            n.with_changes(comma=cst.Comma(whitespace_after=inner if n is not names[-1] else closing)) for n in names
        ]
        return self._with(
            names=spread, lpar=cst.LeftParen(whitespace_after=inner), rpar=cst.RightParen(), whitespace_after_import=
            cst.SimpleWhitespace(" "),
        )  # fmt: skip


def _local(alias: cst.ImportAlias) -> str:
    return alias.evaluated_alias or alias.evaluated_name.partition(".")[0]


def _position(names: Sequence[str], new: str) -> int:
    """Where ``new`` sorts among sorted ``names``; the end when they are in no order."""
    for key in _ORDERS:
        keys = [key(name) for name in names]
        if all(a <= b for a, b in itertools.pairwise(keys)):
            return sum(1 for k in keys if k <= key(new))
    return len(names)


def _plain(alias: cst.ImportAlias) -> cst.BaseParenthesizableWhitespace:
    comma = alias.comma
    return _without_comment(comma.whitespace_after) if isinstance(comma, cst.Comma) else cst.SimpleWhitespace("")


def _without_comment(space: cst.BaseParenthesizableWhitespace) -> cst.BaseParenthesizableWhitespace:
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return space
    first = space.first_line.with_changes(whitespace=cst.SimpleWhitespace(""), comment=None)
    return space.with_changes(first_line=first, empty_lines=())


def _with_comment(
    space: cst.BaseParenthesizableWhitespace, of: cst.BaseParenthesizableWhitespace
) -> cst.BaseParenthesizableWhitespace:
    """``space`` with the comments that stand in ``of``."""
    if not isinstance(of, cst.ParenthesizedWhitespace) or (of.first_line.comment is None and not of.empty_lines):
        return space
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return of
    return space.with_changes(first_line=of.first_line, empty_lines=of.empty_lines)
