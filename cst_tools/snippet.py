"""A block's text as a concrete syntax tree of its own, whatever its indentation.

libcst parses whole modules; a block from inside a function or a loop is hung below an ``if`` line that is taken
away again, so that not one character outside a change moves.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

import libcst as cst

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
_HEADER = "if True:\n"


@dataclass(frozen=True)
class Snippet:
    """A parsed block. ``hung``: it is indented and stands below the header line."""

    module: cst.Module
    hung: bool

    @classmethod
    def parse(cls, text: str) -> Snippet | None:
        """The block's tree; None when libcst cannot parse it or would not give it back byte for byte."""
        hung = next((line[:1] in " \t" for line in text.splitlines() if line.strip()), False)
        source = (_HEADER if hung else "") + text + "\n"
        try:
            module = cst.parse_module(source)
        except (cst.ParserSyntaxError, ValueError, RecursionError):
            return None
        return cls(module, hung) if module.code == source else None

    @property
    def code(self) -> str:
        """The block's text."""
        source = self.module.code
        return (source[len(_HEADER) :] if self.hung else source).removesuffix("\n")

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The block's own statements, compound ones whole."""
        if not self.hung:
            return tuple(self.module.body)
        outer = self.module.body[0]
        assert isinstance(outer, cst.If)
        return tuple(s for s in outer.body.body if isinstance(s, (cst.SimpleStatementLine, cst.BaseCompoundStatement)))

    def with_statements(self, statements: tuple[Statement, ...]) -> Snippet:
        """The block with other statements; an empty block becomes ``pass``."""
        body = statements or (cst.SimpleStatementLine([cst.Pass()]),)
        if not self.hung:
            return Snippet(self.module.with_changes(body=body), False)
        outer = self.module.body[0]
        assert isinstance(outer, cst.If)
        return Snippet(
            self.module.with_changes(body=[outer.with_changes(body=outer.body.with_changes(body=body))]), True
        )

    def visit(self, transformer: cst.CSTTransformer) -> Snippet:
        """The block after a transformer."""
        changed = self.module.visit(transformer)
        assert isinstance(changed, cst.Module)
        return Snippet(changed, self.hung)

    def source(self, node: cst.CSTNode) -> str:
        """Source text of a node."""
        return self.module.code_for_node(node)

    def read(self, node: Statement) -> list[ast.stmt]:
        """A statement as ``ast``, for questions about names."""
        bare = node.with_changes(leading_lines=()) if hasattr(node, "leading_lines") else node
        try:
            return ast.parse(cst.Module([bare]).code).body
        except SyntaxError:
            return []


@dataclass(frozen=True)
class Change:
    """A block's new code, what was done in words, the imports it needs."""

    code: str
    description: str
    kind: str
    imports: tuple[str, ...] = ()


class CallRewriter(cst.CSTTransformer):
    """Applies one function to every call, innermost first; the function returns the call itself to leave it."""

    def __init__(self, change: Callable[[cst.Call], cst.BaseExpression]) -> None:
        super().__init__()
        self.change = change
        self.changed = 0

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        result = self.change(updated_node)
        if result is not updated_node:
            self.changed += 1
        return result


def called(node: cst.BaseExpression) -> str:
    """Last name of a callee: ``RandomForestClassifier`` of ``ensemble.RandomForestClassifier(...)``; else empty."""
    func = node.func if isinstance(node, cst.Call) else node
    if isinstance(func, cst.Attribute):
        return func.attr.value
    return func.value if isinstance(func, cst.Name) else ""


def keyword(node: cst.Call, name: str) -> cst.Arg | None:
    """The keyword argument of a name."""
    return next((a for a in node.args if a.keyword is not None and a.keyword.value == name), None)


def with_args(node: cst.Call, args: list[cst.Arg]) -> cst.Call:
    """The call with other arguments; the last one without a comma unless the call closes on a line of its own."""
    if args and not (isinstance(args[-1].comma, cst.Comma) and _breaks(args[-1].comma)):
        args = [*args[:-1], args[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)]
    elif not args:
        return node.with_changes(args=[], whitespace_before_args=cst.SimpleWhitespace(""))
    return node.with_changes(args=args)


def _breaks(comma: cst.Comma) -> bool:
    return isinstance(comma.whitespace_after, cst.ParenthesizedWhitespace)
