"""Polars' lazy expressions: ``(pl.col("a") - pl.col("a").mean()) / pl.col("a").std()``.

An expression does not know its table yet. What it will learn waits in ``Value.learned`` without rows until
``with_columns``, ``select`` or ``filter`` of a table gives it some.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import column_sets, derivation, lineage, timing
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.columns import constant_names, with_names
from cst_tools.flow.method_names import STATISTICS
from cst_tools.flow.values import NO_CONSTANT, NO_ROWS, Columns, Kind, Learned, Learns, Place, Value, flatten, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

AGGREGATE = "aggregate"
TAKERS = frozenset(("with_columns", "select", "filter", "with_column", "agg"))


def expression(m: Interpreter, a: Arguments) -> Value:
    """``pl.col("a")``, ``pl.exclude("a")``, ``pl.all()``"""
    said = a.node.func.attr if isinstance(a.node.func, ast.Attribute) else ""
    if said in ("all", "exclude") or (said == "col" and [v.const for v in a.positional] == ["*"]):
        every = Value(Kind.EXPRESSION, columns=Columns(column_sets.ANY_TABLE))
        return _excluding(every, a) if said == "exclude" else every
    names = frozenset(v.const for v in a.positional if isinstance(v.const, str))
    return Value(Kind.EXPRESSION, keys=tuple(sorted(names)))


def call_method(m: Interpreter, value: Value, name: str, a: Arguments) -> Value:
    given = [v for v in a.values if v.kind is Kind.EXPRESSION]
    if name in ("alias", "name"):
        return replace(value, const=a.positional[0].const if a.positional else value.const)
    if name == "exclude" and value.columns is not None:
        return _excluding(value, a)
    timed = timing.of_expression(m, value, name, a)
    if timed is not None:
        return timed
    if name in STATISTICS or name in ("sum", "arg_max"):
        if name == "sum":
            return replace(value, name=AGGREGATE)
        learned = _waiting(m, Learns.STATISTIC, name, value, a)
        return replace(value, name=AGGREGATE, learned=value.learned | {learned})
    if name == "over":
        groups = frozenset(replace(one, kind=Learns.GROUP) if one.kind is Learns.STATISTIC else one
                           for one in value.learned)  # fmt: skip
        return replace(value, name="", learned=groups)
    if name in ("fill_null", "fill_nan"):
        strategy = a.get(1, "strategy")
        learned_ = set(value.learned)
        if strategy is not None and strategy.const in ("mean", "min", "max"):
            learned_.add(_waiting(m, Learns.IMPUTE, name, value, a))
        for other in given:
            learned_ |= {replace(one, kind=Learns.IMPUTE) for one in other.learned}
        return replace(value, learned=frozenset(learned_))
    if name == "interpolate":
        return replace(value, learned=value.learned | {_waiting(m, Learns.IMPUTE, name, value, a)})
    if name == "qcut":
        return replace(value, learned=value.learned | {_waiting(m, Learns.STATISTIC, name, value, a)})
    return replace(value, learned=value.learned.union(*(v.learned for v in given)))


def _excluding(value: Value, a: Arguments) -> Value:
    spelled = [constant_names(v) for v in a.positional]
    columns = value.columns
    if columns is None or any(names is None for names in spelled):
        return replace(value, columns=None if columns is None else replace(columns, sure=False))
    return replace(value, columns=columns.drop(frozenset().union(*(names or () for names in spelled)), None))


def _waiting(m: Interpreter, kind: Learns, what: str, value: Value, a: Arguments) -> Learned:
    return Learned(m.place(a.node), NO_ROWS, kind, what, columns=frozenset(k for k in value.keys if isinstance(k, str)))


def combined(left: Value, right: Value) -> Value:
    """Arithmetic or a comparison of an expression with something."""
    expressions = [v for v in (left, right) if v.kind is Kind.EXPRESSION]
    name = AGGREGATE if all(v.name == AGGREGATE for v in expressions) else ""
    keys = tuple(dict.fromkeys(k for v in expressions for k in v.keys))
    learned = left.learned | right.learned
    return replace(expressions[0], name=name, learned=learned, keys=keys, const=NO_CONSTANT)


def take(m: Interpreter, table: Value, name: str, a: Arguments) -> Value | None:
    """``table.with_columns(...)``: None when no expression is among the arguments."""
    given = [leaf for v in a.values for leaf in flatten(v) if leaf.kind is Kind.EXPRESSION]
    if not given:
        if name != "select" or not a.positional or a.keywords:
            return None
        chosen = a.positional[0] if len(a.positional) == 1 else Value(Kind.SEQUENCE, const=_all_names(a.positional))
        known = chosen.kind is Kind.NAMES or constant_names(chosen) is not None
        return with_names(table, chosen, None) if known else None
    if name == "select" and all(v.name == AGGREGATE for v in given):
        learned = frozenset(replace(one, rows=table.rows) for v in given for one in v.learned)
        return Value(Kind.STATISTIC, learned=learned, name=AGGREGATE)
    learned = frozenset(
        m.record_learned(replace(one, rows=table.rows, concatenated=table.concatenated))
        for v in given
        if v.name != AGGREGATE
        for one in v.learned
        if not isinstance(one, lineage.Note)
    )
    names = frozenset(k for v in given for k in v.keys)
    columns = table.columns
    if name == "select" and columns is not None:
        plain = all(not v.learned for v in given) and names and len(given) == len(a.values)
        whole = given[0].columns if len(given) == len(a.values) == 1 else None
        if whole is not None and whole.sure and columns.only is None:
            columns = replace(columns, without=columns.without | whole.without)
        else:
            columns = columns.select(names, None) if plain else replace(columns, sure=False)
    result = replace(table, learned=table.learned | learned, columns=columns)
    named = {id(v): k for k, v in a.keywords.items()}
    for v in given:
        result = _written(result, table, v, named.get(id(v)), m.place(a.node))
    return result


def _all_names(values: list[Value]) -> tuple[object, ...]:
    """``select("a", "b")``"""
    return tuple(v.const for v in values)


def _written(result: Value, table: Value, value: Value, name: str | None, place: Place) -> Value:
    """The table with the column that an expression computes."""
    out = name or (value.const if isinstance(value.const, str) else None) or (value.keys[0] if value.keys else None)
    if not isinstance(out, str) or table.columns is None:
        return result
    sources = frozenset(k for k in value.keys if isinstance(k, str))
    plain = len(sources) == 1 and value.const is NO_CONSTANT and not value.learned
    if plain and name is None:
        return result
    columns = replace(table.columns, only=sources, sure=False, changed=True) if sources else None
    notes = frozenset(replace(n, rows=table.rows) for n in value.learned if isinstance(n, lineage.Note))
    made = Value(Kind.DATA, rows=table.rows, learned=notes, columns=columns)
    return derivation.put(result, frozenset({out}), made, place)
