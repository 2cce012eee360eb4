"""The statements between a fit and the split that have to go with the fit."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from cst_tools.flow.values import Learns
from cst_tools.rules.fixes.variables import (
    column_view,
    fitted,
    read,
    root,
    says_shape_only,
    stored,
    subject,
    uses,
    variable,
)
from cst_tools.rules.rule import Context

MOST_MOVED = 12
"""A fix that moves more statements than this is no small edit any more."""


@dataclass
class Chain:
    """What stands between a fit and the split, sorted by what the fit means to it."""

    moved: list[ast.stmt] = field(default_factory=list)
    """They fit, transform, or use what did."""
    tables: set[str] = field(default_factory=set)
    """Variables bound by the moved statements as a whole."""
    inside: set[str] = field(default_factory=set)
    """Variables that moved statements write columns of."""
    fitted: set[str] = field(default_factory=set)
    """Variables of the estimators that they fit."""
    views: dict[str, str] = field(default_factory=dict)
    """Variable to the table that it takes columns of; the statement can stay."""
    frames: set[str] = field(default_factory=set)
    """Those views that are still tables with named columns."""
    kept: list[ast.stmt] = field(default_factory=list)

    @property
    def touched(self) -> set[str]:
        return self.tables | self.inside | self.fitted | set(self.views)


def chain_between(context: Context, statements: list[ast.stmt]) -> Chain | None:
    """``statements`` begin with the one that learns; None where something in between cannot be told apart."""
    chain = Chain()
    owners = _learned_from(context, statements[0])
    for number, statement in enumerate(statements):
        given = stored(statement)
        alike = isinstance(statement, ast.Assign) and bool(owners & _learned_from(context, statement))
        if number and not alike and not (read(statement) | given) & chain.touched:
            if given & read(chain.moved):
                return None  # what the moved statements need would be another by then
            chain.kept.append(statement)
            continue
        if (
            number
            and not alike
            and not given & (chain.touched - set(chain.views))
            and _asks_shape_only(context, statement, chain)
        ):
            if given & read(chain.moved):
                return None
            chain.kept.append(statement)
            continue
        views = _views(statement, chain) if number and not alike else None
        if views is not None:
            for name, table, frame in views:
                chain.views[name] = table
                if frame:
                    chain.frames.add(name)
            chain.kept.append(statement)
            continue
        if not _is_movable(statement):
            return None
        if len(chain.moved) == MOST_MOVED:
            return None
        chain.moved.append(statement)
        chain.fitted |= fitted(statement) - chain.tables
        for name in given - chain.fitted:
            (chain.tables if _binds(statement, name) else chain.inside).add(name)
    return chain


def ends_of(body: list[ast.stmt], start: int) -> Iterator[int]:
    """Where statements below ``start`` use what it, or one of them, has made: each may be the end of a chain."""
    touched = stored(body[start])
    found = 0
    for end in range(start + 1, len(body)):
        if found <= MOST_MOVED and read(body[end]) & touched:
            found += 1
            yield end
            touched |= stored(body[end])


def _learned_from(context: Context, statement: ast.stmt) -> set[str]:
    """Tables that a statement computes numbers from: those that go together are one formula."""
    inside = set(ast.walk(statement))
    found = set()
    for one in context.flow.learned:
        rows = (
            subject(context, one.node) if one.kind in (Learns.STATISTIC, Learns.IMPUTE) and one.node in inside else None
        )
        name = root(rows) if rows is not None else None
        if name is not None:
            found.add(name)
    return found


def _asks_shape_only(context: Context, statement: ast.stmt, chain: Chain) -> bool:
    return all(
        says_shape_only(context, node) for name, node in uses(statement) if name in chain.touched
    ) and isinstance(statement, ast.Assign | ast.Expr | ast.AugAssign | ast.Assert)


def _views(statement: ast.stmt, chain: Chain) -> list[tuple[str, str, bool]] | None:
    """(variable, table, whether it is one still) for ``X, y = df[columns], df["y"]`` of tables changed in place."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target, value = statement.targets[0], statement.value
    pairs = [(target, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        pairs = [*zip(target.elts, value.elts, strict=True)]
    found = []
    for left, right in pairs:
        name, view = variable(left), column_view(right)
        if name is None or view is None:
            return None
        table = view[0]
        known = table in (chain.inside - chain.tables) or table in chain.views
        if not known or name in chain.tables or (name in chain.inside and name != table):
            return None
        found.append((name, table, view[1]))
    return found


def _binds(statement: ast.stmt, name: str) -> bool:
    return any(
        variable(n) == name and isinstance(getattr(n, "ctx", None), ast.Store)
        for n in ast.walk(statement)
        if isinstance(n, ast.Name | ast.Attribute)
    )


def _is_movable(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.For | ast.If):
        return not statement.orelse and all(_is_movable(s) for s in statement.body)
    if isinstance(statement, ast.Assign):
        call = statement.value.func if isinstance(statement.value, ast.Call) else None
        resampled = isinstance(call, ast.Attribute) and call.attr == "fit_resample"
        several = resampled or isinstance(statement.value, ast.Tuple)
        return len(statement.targets) == 1 and (several or not isinstance(statement.targets[0], ast.Tuple | ast.List))
    return isinstance(statement, ast.AugAssign | ast.Expr)
