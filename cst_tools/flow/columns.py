"""The columns of a table: names, positions, selections of them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cst_tools.flow import column_sets, selection
from cst_tools.flow.values import (
    NO_CONSTANT,
    UNKNOWN,
    Columns,
    Kind,
    Place,
    Value,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


def text_of(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else ast.unparse(node)[:120]


def constant_names(value: Value) -> frozenset[str] | None:
    """Column names spelled out: ``"a"``, ``["a", "b"]``."""
    if value.kind is Kind.CONST and isinstance(value.const, str):
        return frozenset({value.const})
    if value.kind is Kind.SEQUENCE and isinstance(value.const, tuple):
        if all(isinstance(c, str) for c in value.const):
            return frozenset(value.const)
        return None
    if value.kind is Kind.NAMES and value.columns is not None and value.columns.only is not None and value.columns.sure:
        return value.columns.only
    return None


SOME_TEXT = Value(name="some text")
"""A text put together from parts that are not all known: ``f"band_{i}"``."""


def are_names(value: Value) -> bool:
    """Whether it is a list of texts, known or not: as a subscript of a table it picks columns, never rows."""
    return (
        value.kind is Kind.SEQUENCE
        and bool(value.items)
        and all(isinstance(item.const, str) or item.name == SOME_TEXT.name for item in value.items)
    )


def unsure(columns: Columns | None) -> Columns | None:
    return None if columns is None else replace(columns, sure=False)


def with_names(value: Value, selection: Value, site: Place | None) -> Value:
    """``value[selection]`` where the selection is column names."""
    if value.columns is None:
        return value
    names = constant_names(selection)
    if names is not None:
        return replace(value, columns=value.columns.select(names, selection.place or site))
    chosen = selection.columns
    if chosen is None:
        return replace(value, columns=unsure(value.columns))
    columns = replace(
        value.columns,
        only=chosen.only,
        without=value.columns.without | chosen.without,
        sure=value.columns.sure and chosen.sure and value.columns.kept in ("", chosen.kept),
        kept=chosen.kept,
        numbers=value.columns.numbers | chosen.numbers,
        order=None,
        site=chosen.site or site,
    )
    return replace(value, columns=columns)


def compare_names(left: Value, right: Value, operator: ast.cmpop) -> Value:
    """``df.columns != "t"``: all names but one."""
    names, other = (left, right) if left.kind is Kind.NAMES else (right, left)
    spelled = constant_names(other)
    if names.columns is None or spelled is None:
        return replace(names, columns=unsure(names.columns))
    if isinstance(operator, ast.NotEq):
        return replace(names, columns=names.columns.drop(spelled, None))
    if isinstance(operator, ast.Eq):
        return replace(names, columns=names.columns.select(spelled, None))
    return replace(names, columns=unsure(names.columns))


def filter_names(m: Interpreter, source: Value, variable: str, tests: Sequence[ast.expr]) -> Value:
    """``[c for c in df.columns if c not in [...]]``."""
    columns = source.columns
    if columns is None:
        return source
    for test in tests:
        parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
        for part in parts:
            names: frozenset[str] | None = None
            negated = isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not)
            said = part.operand if negated and isinstance(part, ast.UnaryOp) else part
            if isinstance(said, ast.Compare) and isinstance(said.left, ast.Name) and said.left.id == variable:
                right = said.comparators[0]
                names = constant_names(m.evaluate(right))
                without = (ast.Eq, ast.In) if negated else (ast.NotEq, ast.NotIn)
                if names is not None and isinstance(said.ops[0], without):
                    columns = columns.drop(names, m.place(right) if isinstance(right, ast.List) else None)
                    continue
            kept = column_sets.dtype_test(part, variable)
            if kept and columns.only is None and columns.kept in ("", kept):
                columns = replace(columns, kept=kept)
                continue
            columns = replace(columns, sure=False)
    return replace(source, columns=columns)


def positions(m: Interpreter, value: Value, node: ast.expr, site: Place) -> Value:
    """The second index of ``arr[:, ...]`` or ``df.iloc[:, ...]``."""
    columns = value.columns
    if columns is None:
        return value if isinstance(node, ast.Slice) else selection.pick(m, value, m.evaluate(node))
    named = column_sets.by_name(m, columns, node, site)
    if named is not None:
        return replace(value, columns=named)
    columns = column_sets.rebased(columns)
    value = replace(value, columns=columns)
    if isinstance(node, ast.Slice):
        low, high = integer(m, node.lower), integer(m, node.upper)
        if node.lower is None and node.upper is None:
            return value
        if node.step is not None or (low is NO_CONSTANT or high is NO_CONSTANT):
            return replace(value, columns=unsure(columns))
        if (low in (None, 0)) and isinstance(high, int) and high < 0:
            names = frozenset(f"#{i}" for i in range(max(high, -50), 0))
            return replace(value, columns=columns.drop(names, site))
        if isinstance(low, int) and high is None and 0 < low < 50:
            return replace(value, columns=columns.drop(frozenset(f"#{i}" for i in range(low)), site))
        if isinstance(low, int) and isinstance(high, int) and low > 0 and high < 0:
            names = frozenset(f"#{i}" for i in (*range(low), *range(max(high, -50), 0)))
            return replace(value, columns=columns.drop(names, site))
        start = low or 0
        if isinstance(start, int) and isinstance(high, int) and 0 <= start < high <= 500:
            return replace(value, columns=columns.select(frozenset(f"#{i}" for i in range(start, high)), site))
        return replace(value, columns=unsure(columns))
    index = m.evaluate(node)
    value = selection.pick(m, value, index)
    if index.kind is Kind.CONST and isinstance(index.const, int):
        return replace(value, columns=columns.select(frozenset({f"#{index.const}"}), site))
    if index.kind is Kind.SEQUENCE and isinstance(index.const, tuple) and all(isinstance(c, int) for c in index.const):
        return replace(value, columns=columns.select(frozenset(f"#{c}" for c in index.const), site))
    if index.kind is Kind.NAMES or constant_names(index) is not None:
        return with_names(value, index, m.place(node))
    return replace(value, columns=unsure(columns))


def integer(m: Interpreter, node: ast.expr | None) -> Any:
    if node is None:
        return None
    value = m.evaluate(node)
    return value.const if value.kind is Kind.CONST and isinstance(value.const, int) else NO_CONSTANT


def mark_site(m: Interpreter, value: Value, node: ast.expr, targets: Sequence[ast.expr] = ()) -> Value:
    """Remember where the columns of an assigned table were decided, for the fix."""
    if value.columns is None or value.kind is not Kind.DATA:
        return value
    site = value.columns.site
    if site is not None and _inside(site.node, node):
        return value
    if site is not None and not (isinstance(node, ast.Name) or _is_copy(node) or _is_other(m, value, node, targets)):
        return value
    inner = node
    while True:
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            inner = inner.func.value
        elif isinstance(inner, ast.Attribute | ast.Subscript):
            inner = inner.value
        else:
            break
    if isinstance(inner, ast.Name) and value.columns.only is None and m.scope.names.get(inner.id, UNKNOWN).rows:
        return replace(value, columns=replace(value.columns, site=m.place(inner)))
    return value


def _is_other(m: Interpreter, value: Value, node: ast.expr, targets: Sequence[ast.expr]) -> bool:
    """``X = df.fillna(0)``: the columns of ``df``, as a table of its own."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    if not isinstance(node, ast.Name) or any(isinstance(t, ast.Name) and t.id == node.id for t in targets):
        return False
    return m.scope.names.get(node.id, UNKNOWN).columns == value.columns


def _is_copy(node: ast.expr) -> bool:
    """``df.copy()``, ``df.values``: the same columns under a new name."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("copy", "to_numpy") and isinstance(node.func.value, ast.Name)
    return isinstance(node, ast.Attribute) and node.attr == "values" and isinstance(node.value, ast.Name)


def _inside(inner: ast.AST, outer: ast.AST) -> bool:
    def start(n: ast.AST) -> tuple[int, int]:
        return (getattr(n, "lineno", 0), getattr(n, "col_offset", 0))

    def end(n: ast.AST) -> tuple[int, int]:
        return (getattr(n, "end_lineno", 0) or 0, getattr(n, "end_col_offset", 0) or 0)

    return start(outer) <= start(inner) and end(inner) <= end(outer)
