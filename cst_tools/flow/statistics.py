"""Numbers computed from rows, and what happens when rows meet them: arithmetic, fills, clips, filters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cst_tools.flow import lineage
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.values import UNKNOWN, Kind, Learned, Learns, Value, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

ELEMENT = "element"
"""Name of the value a loop over a table yields: one row, whose statistics stay within it."""
VECTOR = "vector"
"""Name of what an embedding learned from texts says about one word."""
COUNTS = "value_counts"
"""Name of a table of counts: as codes of categories it says nothing about held-out rows worth a warning."""
MISSING = "missing"
"""Name of a mask of missing values: what is written there is a fill."""


_WHEN = re.compile(r"(?:^|_)(?:date|datetime|timestamp|time|year|month|week|day|quarter|period)(?:$|_)", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def spans_rows(a: Arguments, position: int | None) -> bool:
    """Whether an aggregate runs over the rows: no ``axis``, ``axis=0`` or a tuple with 0."""
    given = a.get(position, "axis", "dim")
    if given is None:
        return True
    axis = given.const
    if given.kind is Kind.SEQUENCE and isinstance(axis, tuple):
        return 0 in axis
    if given.kind is not Kind.CONST:
        return True
    return axis not in (1, 2, 3, -1, -2, -3, "columns")


def learned_from(m: Interpreter, owner: Value, kind: Learns, what: str, a: Arguments) -> Learned:
    columns = owner.columns.only if owner.columns is not None and owner.columns.sure else None
    return Learned(
        m.place(a.node), owner.rows, kind, what, concatenated=owner.concatenated, columns=columns or frozenset()
    )


def _is_time(value: Value) -> bool:
    """Whether a value is a column that says when."""
    names = value.columns.only if value.columns is not None else None
    if names is None or len(names) != 1:
        return False
    if any(n.column in names for n in lineage.having(value.learned, Learns.DATES)):
        return True
    return all(_WHEN.search(_CAMEL.sub("_", name)) for name in names)


def statistic(m: Interpreter, owner: Value, name: str, a: Arguments, axis_position: int | None = None) -> Value:
    """``X.mean()``: a number computed from rows; ``axis=1`` stays within each row."""
    if owner.name in (ELEMENT, "word") or not spans_rows(a, axis_position):
        return replace(owner, columns=None)
    if owner.kind is not Kind.DATA or not owner.rows:
        return UNKNOWN
    if name in ("min", "max") and _is_time(owner):
        return Value(Kind.STATISTIC, name=name)  # where the table begins and ends, not what is in it
    learned = learned_from(m, owner, Learns.STATISTIC, name, a)
    return Value(Kind.STATISTIC, learned=frozenset({learned}), name=name)


def used(m: Interpreter, value: Value, kind: Learns | None = None) -> frozenset[Learned]:
    """What counts as learned once ``value`` takes part in rows: its statistics reach data."""
    if value.kind is Kind.DATA:
        if kind is not Learns.IMPUTE:
            return value.learned
        return frozenset(
            m.record_learned(replace(one, kind=kind)) if one.kind in (Learns.STATISTIC, Learns.GROUP) else one
            for one in value.learned
        )
    if value.kind is not Kind.STATISTIC or (value.name == COUNTS and kind is not Learns.IMPUTE):
        return frozenset()
    result = set()
    for one in value.learned:
        change = kind is not None and one.kind in (Learns.STATISTIC, Learns.GROUP)
        result.add(m.record_learned(replace(one, kind=kind) if change else one))
    return frozenset(result)


def fill(m: Interpreter, owner: Value, a: Arguments) -> Value:
    """``fillna(value)``: learns when the value was computed from rows."""
    given = a.get(0, "value")
    if given is None:
        return owner
    learned = set(owner.learned)
    for value in [given, *given.items]:
        if value.kind in (Kind.STATISTIC, Kind.DATA):
            learned |= used(m, value if value.owner is None else value.owner, Learns.IMPUTE)
    return replace(owner, learned=frozenset(learned))


def fill_strategy(m: Interpreter, owner: Value, a: Arguments) -> Value:
    """Polars' ``fill_null(value)`` and ``fill_null(strategy="mean")``."""
    strategy = a.get(1, "strategy")
    if strategy is not None and strategy.const in ("mean", "min", "max"):
        learned = m.record_learned(learned_from(m, owner, Learns.IMPUTE, "fill_null", a))
        return replace(owner, learned=owner.learned | {learned})
    return fill(m, owner, a)


def exchange(m: Interpreter, owner: Value, a: Arguments) -> Value:
    """``replace(0, X.mean())``, ``mask(X > cap, cap)``, ``where(X < cap, cap)``, ``combine_first``."""
    learned = set(owner.learned)
    fills = any(v.kind is Kind.CONST and (v.const in (0, None, -1, -999, 999, "?", "")) for v in a.positional[:1])
    fills = fills or any(
        v.name == MISSING or v.name.endswith((".nan", ".NaN", ".NA", ".inf")) for v in a.positional[:1]
    )
    for value in a.values:
        for leaf in (value, *value.items):
            if leaf.kind is Kind.STATISTIC:
                learned |= used(m, leaf, Learns.IMPUTE if fills else None)
            elif leaf.kind in (Kind.DATA, Kind.ROWS):
                learned |= leaf.learned
    return replace(owner, learned=frozenset(learned))


def stored(m: Interpreter, value: Value, selector: Value) -> frozenset[Learned]:
    """``X.loc[rows, "a"] = X["a"].mean()``: what writing ``value`` into some rows of a table brings along."""
    kind = Learns.IMPUTE if selector.name == MISSING else None
    if value.kind is Kind.DATA:
        return value.learned
    if value.kind is not Kind.STATISTIC:
        return selector.learned if selector.kind is Kind.ROWS else frozenset()
    if selector.rows and all(one.rows == selector.rows and one.kind is Learns.STATISTIC for one in value.learned):
        # the mean of the rows of one category, written to these rows: a group statistic, spelled as a loop
        parents = frozenset(replace(p, path=p.path[:-1]) for p in selector.rows if p.path)
        whole = {replace(one, rows=parents, kind=Learns.GROUP) for one in value.learned}
        return frozenset(m.record_learned(one) for one in whole) | selector.learned
    return used(m, value, kind) | selector.learned
