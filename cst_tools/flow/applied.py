"""Functions handed to tables: ``apply``, ``pipe``, ``map``, ``transform``, ``assign``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import calls, derivation
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.statistics import ELEMENT, used
from cst_tools.flow.values import NO_CONSTANT, UNKNOWN, Kind, Learned, Learns, Value, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

CALLABLE = (Kind.FUNCTION, Kind.METHOD, Kind.LIBRARY, Kind.CLASS, Kind.INSTANCE, Kind.PARTIAL)
_NUMBERS = (Learns.STATISTIC, Learns.GROUP)


def is_callable(value: Value) -> bool:
    return value.kind in CALLABLE


def call_on(m: Interpreter, function: Value, first: Value, a: Arguments, extra: int = 1) -> Value:
    """Call ``function`` with ``first`` and with what follows it among the arguments (``args=``, keywords)."""
    positional = [first, *a.positional[extra:]]
    keywords = {k: v for k, v in a.keywords.items() if k not in _OPTIONS}
    given = a.keywords.get("args")
    if given is not None:
        positional.extend(given.items)
    return calls.call_value(m, function, Arguments(a.node, positional, keywords))


_OPTIONS = frozenset(
    ("axis", "func", "function", "args", "raw", "result_type", "engine", "include_groups", "na_action", "meta",
     "return_dtype", "skip_nulls", "group_keys", "by_row")
)  # fmt: skip


def apply(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    """``df.apply(f)``: by column, or by row with ``axis=1``; ``series.apply(f)`` by element."""
    function = a.get(0, "func", "function", "arg")
    if function is None:
        return owner
    if isinstance(function.const, str):
        from cst_tools.flow import methods

        return methods.call_table_method(
            m, owner, function.const, Arguments(a.node, a.positional[1:], a.keywords), a.node
        )
    if not is_callable(function):
        return _looked_up(m, owner, function)
    axis = a.get(None, "axis")
    series = name in ("apply", "map") and owner.columns is not None and len(owner.columns.only or ()) == 1
    by_row = name in ("applymap", "map_elements") or (axis is not None and axis.const in (1, "columns"))
    element = by_row or series
    given = replace(owner, name=ELEMENT) if element else owner
    result = call_on(m, function, given, a)
    if result.kind is Kind.STATISTIC and name in ("apply", "agg", "aggregate") and not element:
        return result
    owner = derivation.of_row(owner, result) if by_row else derivation.applied(owner, function)
    return _with(m, owner, result, function)


def _asks_for_missing(learned: frozenset[Learned], function: ast.AST) -> bool:
    """``def age(row): return medians[row.kind] if pd.isnull(row.age) else row.age``"""
    if not any(one.kind in _NUMBERS for one in learned):
        return False
    return any(isinstance(n, ast.Attribute) and n.attr in ("isnull", "isna", "isnan") for n in ast.walk(function))


def _with(m: Interpreter, owner: Value, result: Value, function: Value) -> Value:
    """The rows again, with what the function brought to them."""
    from cst_tools.flow.groups import brought

    learned = result.learned if result.kind is Kind.DATA else used(m, result)
    learned |= brought(m, owner, result)
    if isinstance(function.node, ast.AST) and _asks_for_missing(learned, function.node):
        learned = frozenset(
            m.record_learned(replace(one, kind=Learns.IMPUTE)) if one.kind in _NUMBERS else one for one in learned
        )
    return replace(owner, learned=owner.learned | learned, columns=owner.columns) if learned else owner


def _looked_up(m: Interpreter, owner: Value, table: Value) -> Value:
    """``df["c"].map(means)``"""
    from cst_tools.flow.groups import brought

    learned = brought(m, owner, table)
    if table.kind is Kind.MAPPING:
        learned = learned.union(*(used(m, item) for item in table.items[:20]))
    return replace(owner, learned=owner.learned | learned)


def pipe(m: Interpreter, owner: Value, a: Arguments) -> Value:
    function = a.get(0, "func", "function")
    if function is None or not is_callable(function):
        return replace(owner, columns=None)
    result = call_on(m, function, owner, a)
    return owner if result.kind is Kind.UNKNOWN and not result.rows else result


def assign(m: Interpreter, owner: Value, a: Arguments) -> Value:
    """``df.assign(a=..., b=lambda d: ...)``"""
    for name, value in a.keywords.items():
        made = call_on(m, value, owner, Arguments(a.node)) if is_callable(value) else value
        owner = derivation.put(owner, frozenset({name}), made, m.place(a.node))
    return owner


def fold_left(m: Interpreter, a: Arguments) -> Value:
    """``functools.reduce(f, items, start)``"""
    if len(a.positional) < 2:
        return UNKNOWN
    items = m.iterate(a.positional[1])
    result = a.positional[2] if len(a.positional) > 2 else items.pop(0)
    for item in items:
        result = calls.call_value(m, a.positional[0], Arguments(a.node, [result, item]))
    return result


def partial(m: Interpreter, a: Arguments) -> Value:
    """``functools.partial(f, *positional, **keywords)``"""
    if not a.positional:
        return UNKNOWN
    return Value(
        Kind.PARTIAL,
        owner=a.positional[0],
        items=(*a.positional[1:], *a.keywords.values()),
        keys=(*(NO_CONSTANT for _ in a.positional[1:]), *a.keywords),
    )


def call_partial(m: Interpreter, value: Value, a: Arguments) -> Value:
    if value.owner is None:
        return UNKNOWN
    first = [item for key, item in zip(value.keys, value.items, strict=True) if key is NO_CONSTANT]
    named = {key: item for key, item in zip(value.keys, value.items, strict=True) if isinstance(key, str)}
    return calls.call_value(m, value.owner, Arguments(a.node, [*first, *a.positional], {**named, **a.keywords}))
