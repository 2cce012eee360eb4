"""Small readings of a block's syntax that the gates share."""

from __future__ import annotations

import ast
import builtins
import textwrap
from collections.abc import Iterator, Sequence

from cst_tools.names import names_of

BUILTINS = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__", "__builtins__"}
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def parse_block(code: str) -> list[ast.stmt] | None:
    text = textwrap.dedent(code)
    for wrapped in (
        text,
        "def _():\n" + textwrap.indent(text or "pass", " "),
        "for _ in ():\n" + textwrap.indent(text, " "),
    ):
        try:
            body = ast.parse(wrapped).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if wrapped is text:
            return body
        outer = body[0]
        assert isinstance(outer, (ast.FunctionDef, ast.For))
        return outer.body
    return None


def walk_all(statements: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    for statement in statements:
        yield from ast.walk(statement)


def all_statements(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            yield node


def names_in(node: ast.expr) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def bound_names(statements: Sequence[ast.stmt]) -> tuple[str, ...]:
    return names_of(statements).binds


def imported_names(tree: ast.Module) -> set[str]:
    return {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }


def has_star_import(tree: ast.Module) -> bool:
    return any(isinstance(n, ast.ImportFrom) and any(a.name == "*" for a in n.names) for n in ast.walk(tree))


def all_bound_names(tree: ast.Module) -> set[str]:
    found = imported_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, DEFINITIONS):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif (isinstance(node, ast.ExceptHandler) and node.name) or (
            isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name
        ):
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
    return found
