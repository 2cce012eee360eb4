"""Groups of rows (``groupby``), windows over rows (``rolling``), and tables of one row a group.

A table of group statistics is harmless as such: one row a customer, split by customer, is clean. It counts as
learned when it is brought back to the rows it was computed from: mapped, merged, joined, transformed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cst_tools.flow import derivation, grouping, lineage, timing
from cst_tools.flow.applied import call_on
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.columns import constant_names, with_names
from cst_tools.flow.method_names import STATISTICS
from cst_tools.flow.statistics import learned_from
from cst_tools.flow.values import (
    NO_CONSTANT,
    UNKNOWN,
    Kind,
    Learned,
    Learns,
    Value,
    overlap,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

GROUPED = "grouped"
"""Name of a table with one row a group; its ``owner`` holds the statistic that it brings along."""
_OPENERS = {
    "groupby": "groupby",
    "group_by": "groupby",
    "rolling": "window",
    "expanding": "window",
    "ewm": "window",
    "resample": "window",
    "group_by_dynamic": "window",
}
_COUNTING = frozenset(("count", "size", "nunique", "n_unique", "len", "first", "last", "cumcount", "ngroup", "any"))
_AGGREGATES = STATISTICS | frozenset(("sum", "agg", "aggregate", "prod", "describe"))


def open_groups(owner: Value, name: str, a: Arguments) -> Value | None:
    """``df.groupby("c")``, ``s.rolling(7)``: None when the method opens no groups."""
    kind = _OPENERS.get(name)
    if kind is None or not owner.rows:
        return None
    return Value(Kind.GROUPS, owner=owner, name=kind)


def opened(m: Interpreter, groups: Value, name: str, a: Arguments) -> Value:
    """The groups with what ``groupby``, ``rolling``, ``resample`` say about order and about whose rows these are."""
    if groups.owner is None:
        return groups
    if groups.name == "groupby":
        return replace(groups, owner=grouping.opened(m, a.node, groups.owner, a))
    return replace(groups, owner=timing.opened(m, groups.owner, name, a))


def select(groups: Value, selection: Value) -> Value:
    """``df.groupby("c")["a"]``"""
    if groups.owner is None:
        return groups
    return replace(groups, owner=with_names(groups.owner, selection, selection.place))


def call_method(m: Interpreter, groups: Value, name: str, a: Arguments) -> Value:
    """A method of ``df.groupby("c")`` or ``s.rolling(7)``."""
    owner = groups.owner
    if owner is None:
        return UNKNOWN
    result = _call_method(m, groups, name, a)
    if result.kind is Kind.GROUPS:
        inner = opened(m, replace(result, owner=owner), name, a)
        grouping.of_groups(m, a.node, owner, name, owner)
        return inner
    if result.kind is not Kind.DATA:
        return result
    if groups.name == "window":
        return timing.of_window(m, owner, result)
    if name in timing.METHODS:
        timed = timing.call(m, owner, name, a)
        result = replace(timed, columns=None) if timed is not None else result
    if lineage.any_of(result.learned - owner.learned, Learns.WINDOW):
        result = replace(result, columns=derivation.windowed(owner).columns)
    return grouping.of_groups(m, a.node, owner, name, result)


def _call_method(m: Interpreter, groups: Value, name: str, a: Arguments) -> Value:
    owner = groups.owner
    if owner is None:
        return UNKNOWN
    inner = _OPENERS.get(name)
    if inner is not None:
        return replace(groups, name=inner)
    if groups.name == "window":
        return replace(owner, columns=None)
    if name in _COUNTING:
        return replace(owner, columns=None, name=GROUPED, owner=None)
    if name in _AGGREGATES:
        return _aggregated(m, owner, name, a)
    if name in ("transform", "apply", "map", "pipe", "map_groups"):
        return _transformed(m, owner, name, a)
    if name in ("ngroups", "groups", "indices", "plot", "hist", "boxplot"):
        return UNKNOWN
    if name in ("head", "tail", "nth", "sample"):
        from cst_tools.flow import methods

        return methods.call_table_method(m, owner, name, a, a.node)
    if name == "get_group":
        from cst_tools.flow import methods

        return methods.selected(m, owner, name, a)
    return replace(owner, columns=None)


def _functions(a: Arguments) -> list[object]:
    """The names of aggregating functions that ``agg`` was given, in any of its forms; NO_CONSTANT for callables."""
    found: list[object] = []
    for value in a.values:
        for leaf in [value] if value.kind is not Kind.MAPPING else value.items:
            if leaf.kind is Kind.SEQUENCE:
                named = (
                    leaf.items[-1:] if value.kind is not Kind.MAPPING and value in a.keywords.values() else leaf.items
                )
                found.extend(v.const for v in named)
            else:
                found.append(leaf.const if leaf.kind is Kind.CONST else leaf.name.rpartition(".")[2] or NO_CONSTANT)
    return found


def _agg_columns(owner: Value, a: Arguments) -> frozenset[str] | None:
    """The columns that a dictionary or named aggregation reads."""
    names: set[str] = set()
    for value in a.positional[:1]:
        if value.kind is Kind.EXPRESSION:
            names |= {k for v in a.values for k in v.keys if v.kind is Kind.EXPRESSION and isinstance(k, str)}
        if value.kind is Kind.MAPPING:
            names |= {k for k in value.keys if isinstance(k, str)}
    for value in a.keywords.values():
        if value.kind is Kind.SEQUENCE and value.items and isinstance(value.items[0].const, str):
            names.add(value.items[0].const)
    if names:
        return frozenset(names)
    return owner.columns.only if owner.columns is not None else None


def _aggregated(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    what = name
    if name in ("agg", "aggregate"):
        expressions = [v for v in a.values if v.kind is Kind.EXPRESSION]
        functions = _functions(a)
        if not expressions and functions and all(f in _COUNTING for f in functions):
            return replace(owner, columns=None, name=GROUPED, owner=None)
        what = next((f for f in functions if isinstance(f, str) and f and f not in _COUNTING), name)
    columns = _agg_columns(owner, a)
    learned = learned_from(m, owner, Learns.GROUP, f"groupby {what}", a)
    learned = replace(learned, columns=columns or frozenset())
    carried = Value(Kind.STATISTIC, learned=frozenset({learned}), name=GROUPED)
    return replace(owner, columns=None, name=GROUPED, owner=carried)


def _transformed(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    function = a.get(0, "func", "function")
    if function is None:
        return replace(owner, columns=None)
    if isinstance(function.const, str) or function.kind is Kind.LIBRARY:
        word = function.const if isinstance(function.const, str) else function.name.rpartition(".")[2]
        if word in _COUNTING or word not in _AGGREGATES | {"nanmean", "nanmedian"}:
            return replace(owner, columns=None)
        learned = m.record_learned(learned_from(m, owner, Learns.GROUP, f"groupby {word}", a))
        return replace(owner, columns=None, learned=owner.learned | {learned})
    result = call_on(m, function, owner, a)
    if result.kind is Kind.STATISTIC and name in ("transform", "apply", "map_groups"):
        learned_here = frozenset(replace(one, kind=Learns.GROUP) for one in result.learned)
        if name == "transform":
            recorded = frozenset(m.record_learned(one) for one in learned_here)
            return replace(owner, columns=None, learned=owner.learned | recorded)
        carried = Value(Kind.STATISTIC, learned=learned_here, name=GROUPED)
        return replace(owner, columns=None, name=GROUPED, owner=carried)
    if result.kind is Kind.DATA and result.rows:
        return replace(result, columns=None)
    return replace(owner, columns=None)


def group_table(m: Interpreter, table: Value, a: Arguments) -> Value:
    """A cross table: counts of one column's values by another's."""
    columns = {name for v in a.values for name in (v.columns.only or () if v.columns is not None else ())}
    values = a.get(None, "values")
    columns |= constant_names(values) or set() if values is not None else set()
    learned = replace(learned_from(m, table, Learns.GROUP, "crosstab", a), columns=frozenset(columns))
    return replace(
        table, columns=None, name=GROUPED, owner=Value(Kind.STATISTIC, learned=frozenset({learned}), name=GROUPED)
    )


def narrow(value: Value, selection: Value) -> Value:
    """``means["target"]`` of a table of group means: only that column's statistic is brought along."""
    names = constant_names(selection)
    if value.owner is None or names is None:
        return value
    learned = frozenset(
        replace(one, columns=one.columns & names or one.columns or names) if one.kind is Learns.GROUP else one
        for one in value.owner.learned
    )
    return replace(value, owner=replace(value.owner, learned=learned))


def brought(m: Interpreter, rows: Value, other: Value) -> frozenset[Learned]:
    """What ``other`` brings to ``rows`` when it is mapped, merged or joined to them."""
    if other.kind is Kind.MAPPING:
        return frozenset().union(*(brought(m, rows, item) for item in other.items[:20]))
    if other.kind is Kind.STATISTIC:
        return frozenset(m.record_learned(one) for one in other.learned) if other.name == GROUPED else frozenset()
    if other.name != GROUPED or other.owner is None:
        return frozenset()
    return frozenset(
        m.record_learned(one) for one in other.owner.learned if not rows.rows or overlap(one.rows, rows.rows)
    )


def combined(values: list[Value]) -> Value | None:
    """Arithmetic among tables of group statistics is one again. None when none of the values is one."""
    tables = [v for v in values if v.name == GROUPED and v.kind is Kind.DATA]
    if not tables or any(v.kind is Kind.DATA and v.name != GROUPED for v in values):
        return None
    learned = frozenset().union(*(v.owner.learned for v in tables if v.owner is not None))
    if not learned:  # counts, first rows: a table whose own mean and deviation may be brought to it
        return None if any(v.kind is Kind.STATISTIC and v.learned for v in values) else tables[0]
    return replace(tables[0], owner=Value(Kind.STATISTIC, learned=learned, name=GROUPED))
