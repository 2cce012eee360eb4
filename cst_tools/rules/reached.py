"""Where a number, a table of groups or a choice, computed in one statement, is put to use in another."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cst_tools.flow.values import Learned, Learns
from cst_tools.rules.rule import Context

_STEPS = 3
"""So many names may stand between what was computed and its use: ``agg``, ``smooth``, ``table``."""
_LIBRARIES = ("np", "numpy", "torch", "pd", "tf", "stats", "cp", "jnp")
_NUMBERS = (Learns.STATISTIC, Learns.GROUP, Learns.IMPUTE)


def put_to_use(context: Context, learned: Learned) -> ast.stmt | None:
    """``X = X - mean`` after ``mean = X.mean()``; None where it is the same statement or cannot be seen.

    A number is put to use where it meets the table that it was computed from; scores of columns are where names are
    made of them, the last of several steps.
    """
    if learned.place.origin is not None or learned.ref is not None or not isinstance(learned.node, ast.expr):
        return None
    found = context.statement_of(learned.node)
    if found is None or not isinstance(found[0], ast.Assign | ast.AnnAssign):
        return None
    first, block = found
    table = _table(learned.node)
    names = set(_stored(first))
    if table is None or not names or table in names:
        return None
    if learned.kind is Learns.SELECT:
        return _choice(block, first, names, table)
    return _meeting(block, first, names, table) if learned.kind in _NUMBERS else None


def _after(block: list[ast.stmt], first: ast.stmt) -> Iterator[ast.stmt]:
    index = next(i for i, s in enumerate(block) if s is first)
    for statement in block[index + 1 :]:
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Return | ast.Expr):
            yield statement


def _meeting(block: list[ast.stmt], first: ast.stmt, names: set[str], table: str) -> ast.stmt | None:
    steps = 0
    for statement in _after(block, first):
        read = _read(statement)
        if names & read and not isinstance(statement, ast.Expr):
            if table in read:
                return statement
            if isinstance(statement, ast.Return) or steps == _STEPS:
                return None
            steps += 1
            names |= set(_stored(statement))
        elif names & set(_stored(statement)):
            return None  # another value by the same name
    return None


def _choice(block: list[ast.stmt], first: ast.stmt, names: set[str], table: str) -> ast.stmt | None:
    last: ast.stmt | None = None
    steps = 0
    for statement in _after(block, first):
        read = _read(statement)
        if not names & read or isinstance(statement, ast.Expr):
            continue
        if table in read or isinstance(statement, ast.Return) or steps == _STEPS:
            return last
        last = statement
        steps += 1
        names = set(_stored(statement)) or names
    return last


def _table(node: ast.expr) -> str | None:
    """``df`` of ``df.groupby("c")["y"].mean()`` and of ``np.mean(df, axis=0)``."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Call):
            function = node.func
            library = isinstance(function, ast.Attribute) and getattr(function.value, "id", "") in _LIBRARIES
            node = node.args[0] if node.args and (library or isinstance(function, ast.Name)) else function
        else:
            node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _stored(statement: ast.stmt) -> Iterator[str]:
    targets = (
        statement.targets
        if isinstance(statement, ast.Assign)
        else [statement.target]
        if isinstance(statement, ast.AugAssign | ast.AnnAssign)
        else []
    )
    for target in targets:
        for node in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
            if isinstance(node, ast.Name):
                yield node.id


def _read(statement: ast.stmt) -> set[str]:
    found = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        found.add(statement.target.id)
    return found
