"""When two statements are the same, and which line of one program a line of the merged one is.

Positions, comments and layout make no difference, nor does the line number that a probe around ``fit`` carries.
Every program but the first has its lines moved behind those of the others before it is merged, so that a line of the
merged code tells whose statement it was.
"""

from __future__ import annotations

import ast
import bisect
import difflib
from typing import Any, Iterator, Optional

PROBE = "__mlestar_call__"
BODIES = ("body", "orelse", "finalbody")
_COMPOUND = tuple(
    getattr(ast, name)
    for name in (
        "FunctionDef",
        "AsyncFunctionDef",
        "ClassDef",
        "If",
        "For",
        "AsyncFor",
        "While",
        "With",
        "AsyncWith",
        "Try",
        "TryStar",
        "Match",
    )
    if hasattr(ast, name)
)
_SKIPPED = frozenset(("ctx", "kind", "type_comment", "type_ignores"))


def compound(node: ast.AST) -> bool:
    return isinstance(node, _COMPOUND)


def site_of(call: ast.AST) -> Optional[ast.Constant]:
    """The 0-based line that a probe was given: the first argument of ``getattr(.., "__mlestar_call__", ..)(..)``."""
    if (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Call)
        and len(call.func.args) > 1
        and isinstance(call.func.args[1], ast.Constant)
        and call.func.args[1].value == PROBE
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, int)
    ):
        return call.args[0]
    return None


def _parts(node: ast.AST) -> Iterator["tuple[str, Any]"]:
    for name in node._fields:
        if name not in _SKIPPED:
            yield name, getattr(node, name, None)


def _shape(value: Any, skip: "frozenset[str]" = frozenset()) -> Any:
    """Nested tuples that are equal for equal code. Constants carry their type: ``1``, ``1.0`` and ``True`` differ."""
    if isinstance(value, ast.Constant):
        return "Constant", type(value.value).__name__, repr(value.value)
    if isinstance(value, ast.AST):
        site = site_of(value)
        inner: list[Any] = [type(value).__name__]
        for name, part in _parts(value):
            if name in skip:
                continue
            if site is not None and name == "args":
                inner.append(("args", "site", *(_shape(p) for p in part[1:])))
            else:
                inner.append((name, _shape(part)))
        return tuple(inner)
    if isinstance(value, list):
        return tuple(_shape(part) for part in value)
    return repr(value)


class Shapes:
    """Signatures of statements, each computed once."""

    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}
        self._whole: dict[int, int] = {}
        self._heads: dict[int, int] = {}
        self._kept: list[ast.AST] = []
        """Ids of nodes stay theirs as long as the nodes live."""

    def _number(self, shape: Any) -> int:
        return self._numbers.setdefault(shape, len(self._numbers))

    def whole(self, node: ast.stmt) -> int:
        """Equal for statements that are the same."""
        found = self._whole.get(id(node))
        if found is None:
            self._kept.append(node)
            found = self._whole[id(node)] = self._number(_shape(node))
        return found

    def head(self, node: ast.stmt) -> int:
        """Equal for compound statements that differ at most in the statements inside; else as `whole`."""
        if not compound(node):
            return self.whole(node)
        found = self._heads.get(id(node))
        if found is None:
            self._kept.append(node)
            parts: list[Any] = ["head", _shape(node, frozenset((*BODIES, "handlers", "cases")))]
            parts += [(_shape(h.type), h.name) for h in getattr(node, "handlers", ())]
            parts += [(_shape(c.pattern), _shape(c.guard)) for c in getattr(node, "cases", ())]
            found = self._heads[id(node)] = self._number(tuple(parts))
        return found


def move(tree: ast.AST, lines: int) -> None:
    """Every position of ``tree`` ``lines`` further down, and the lines that probes carry with them."""
    for node in ast.walk(tree):
        if hasattr(node, "lineno"):
            node.lineno += lines
            if getattr(node, "end_lineno", None) is not None:
                node.end_lineno += lines  # type: ignore[attr-defined,unused-ignore]
        site = site_of(node)
        if site is not None:
            site.value += lines  # type: ignore[operator,unused-ignore]


class Lines:
    """For each program, the line (1-based) of its own text that a line of the merged code is."""

    def __init__(self, lengths: "list[int]") -> None:
        self.starts = [sum(lengths[:n]) for n in range(len(lengths))]
        """How far down each program's own lines were moved; 0 for the leader."""
        self._maps: list[dict[int, int]] = [{} for _ in lengths]
        self._sorted: list[Optional[list[int]]] = [None for _ in lengths]

    def same(self, shown: ast.AST, program: int, own: ast.AST, head: bool = False) -> None:
        """Note that ``shown``, which is in the merged code, stands for ``own`` of ``program``: equal code elsewhere.

        ``head``: only what is not a statement inside is equal.
        """
        known, start = self._maps[program], self.starts[program]
        for one, other in zip(_in_step(shown, head), _in_step(own, head)):
            line = getattr(one, "lineno", None)
            if line is not None:
                known.setdefault(line, other.lineno - start)  # type: ignore[attr-defined]
        self._sorted[program] = None

    def of(self, program: int, line: int) -> int:
        """``line`` of the merged code as a line of ``program``'s text; lines that hold no code by their neighbour."""
        known, start = self._maps[program], self.starts[program]
        if line in known:
            return known[line]
        if line > start and (program + 1 == len(self.starts) or line <= self.starts[program + 1]):
            return line - start
        order = self._sorted[program]
        if order is None:
            order = self._sorted[program] = sorted(known)
        place = bisect.bisect_right(order, line) - 1
        return known[order[place]] + line - order[place] if place >= 0 else line


def _in_step(node: ast.AST, head: bool) -> Iterator[ast.AST]:
    """Every node, outermost first, in an order that depends on the code alone."""
    yield node
    for name, value in _parts(node):
        if head and name in BODIES and isinstance(value, list):
            continue
        for part in value if isinstance(value, list) else (value,):
            if isinstance(part, ast.AST):
                yield from _in_step(part, head)


def opcodes(one: "list[int]", other: "list[int]") -> "list[tuple[str, int, int, int, int]]":
    """How to get from one list of signatures to the other, as `difflib.SequenceMatcher.get_opcodes` gives it."""
    return list(difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes())
