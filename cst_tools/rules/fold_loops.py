"""Folds written as a loop: each round selects other rows to hold out, by the number of the round."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cst_tools.rules.rule import Context


def in_turn(context: Context, split: ast.AST, score: ast.AST) -> bool:
    """Whether the rows selected at ``split`` are others in each round of a loop that also computes the score."""
    if isinstance(split, ast.Call):
        return False
    used = {n.id for n in ast.walk(split) if isinstance(n, ast.Name)}
    return any(_inside(score, loop) and used & _of_the_round(loop) for loop in _loops(context, split))


def _loops(context: Context, node: ast.AST) -> Iterator[ast.For]:
    current: ast.AST | None = context.parents.get(node)
    while current is not None and not isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        if isinstance(current, ast.For):
            yield current
        current = context.parents.get(current)


def _inside(node: ast.AST, loop: ast.For) -> bool:
    line = getattr(node, "lineno", 0)
    return loop.lineno < line <= (loop.end_lineno or loop.lineno)


def _of_the_round(loop: ast.For) -> set[str]:
    """The loop's variables that count rounds, and what is computed from them."""
    counted = isinstance(loop.iter, ast.Call) and getattr(loop.iter.func, "id", "") in ("range", "enumerate")
    if not counted and not (isinstance(loop.iter, ast.Call) and getattr(loop.iter.func, "attr", "") == "unique"):
        return set()
    first = loop.target.elts[0] if isinstance(loop.target, ast.Tuple) and loop.target.elts else loop.target
    names = {first.id} if isinstance(first, ast.Name) else set()
    for statement in loop.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(n, ast.Name) and n.id in names for n in ast.walk(statement.value)
        ):
            names |= {n.id for target in statement.targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    return names
