"""Library calls that concern time or chance: what `libraries.series` names, and what others add to their result."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import derivation, lineage, parting, timing
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.libraries import Spec
from cst_tools.flow.statistics import used
from cst_tools.flow.values import NO_CONSTANT, UNKNOWN, Columns, Kind, Learns, Place, Value, flatten, merged, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

_DATES = frozenset(("date_range", "bdate_range", "period_range", "DatetimeIndex"))
_DECOMPOSERS = frozenset(("EMD", "EEMD", "CEEMDAN"))
_PRICES = frozenset(("download", "get_data_yahoo", "DataReader", "history"))
_CHANGING = frozenset(
    ("log", "log1p", "log2", "log10", "exp", "expm1", "sqrt", "square", "power", "abs", "sign", "clip", "cut", "qcut",
     "round", "floor", "ceil", "rint", "where", "select")
)  # fmt: skip
_READING = frozenset(("read_csv", "read_excel", "read_table", "read_sql", "read_sql_query", "read_fwf"))
_DRAWING = frozenset(
    (
        "rand",
        "randn",
        "normal",
        "uniform",
        "random",
        "standard_normal",
        "random_sample",
        "randn_like",
        "rand_like",
        "multivariate_normal",
    )
)
AFTER = (
    _CHANGING
    | _READING
    | _DRAWING
    | {"to_datetime", "merge_asof", "DataFrame", "Series", "permutation", "randperm", "shuffle"}
)


def series_call(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    """Calls of `Act.SERIES`."""
    short = name.rpartition(".")[2]
    first = a.positional[0] if a.positional else UNKNOWN
    if short in _DATES:
        return Value(name="dates", learned=frozenset({lineage.note(m, a.node, Learns.DATES, "")}))
    if short in ("default_rng", "RandomState"):
        return Value(Kind.LIBRARY, name="numpy.random")
    if short in _DECOMPOSERS and not a.positional:
        return Value(Kind.LIBRARY, name="PyEMD.decomposer")
    if short == "Ticker":
        return Value(Kind.LIBRARY, name="yfinance.ticker")
    if short in _PRICES:
        table = m.fresh_table()
        return replace(table, learned=timing.loaded(m, "yfinance", a))
    if short == "shuffle":
        if first.rows and a.node.args:
            m.assign_to(a.node.args[0], parting.shuffled(m, a.node, first))
        return Value(Kind.CONST, const=None)
    if short == "roll":
        return timing.rolled(m, a)
    if short in ("select", "digitize"):
        return _banded(m, a, first)
    if short == "sliding_window_view":
        if first.kind is not Kind.DATA:
            return first
        note = lineage.note(m, a.node, Learns.ORDERED, timing.OVERLAPPING, first.rows)
        return replace(first, columns=None, learned=first.learned | {note})
    return timing.smoothed(m, name, a)


def _banded(m: Interpreter, a: Arguments, first: Value) -> Value:
    """``np.select(conditions, labels)``, ``np.digitize(grade, limits)``: a column of bands."""
    leaves = [v.owner if v.kind is Kind.ROWS and v.owner is not None else v for v in flatten(first)]
    data = [v for v in leaves if v.kind is Kind.DATA and v.rows]
    if not data:
        return UNKNOWN
    brought = frozenset().union(*(used(m, v) for v in a.values if v.kind is Kind.STATISTIC))
    whole = merged(data)
    return derivation.changed(replace(whole, columns=derivation.combined(data), learned=whole.learned | brought))


def after(m: Interpreter, name: str, a: Arguments, result: Value) -> Value:
    """What a call of a name in `AFTER` adds to its result."""
    short = name.rpartition(".")[2]
    if short in ("permutation", "randperm") or (short == "shuffle" and result.kind is not Kind.CONST):
        if result.kind is Kind.SEQUENCE:
            return replace(result, items=tuple(parting.shuffled(m, a.node, v) for v in result.items))
        return parting.shuffled(m, a.node, result)
    if result.kind is not Kind.DATA:
        return result
    if short in _READING or short in _DRAWING:
        return replace(result, learned=result.learned | timing.loaded(m, name, a))
    if short == "to_datetime":
        return timing.dates(m, a, result)
    if short == "merge_asof":
        return timing.joined_by_time(m, a, result)
    if short in ("where", "select"):
        columns = derivation.combined(leaf for v in a.positional for leaf in flatten(v))
        return replace(result, columns=columns) if columns is not None else result
    if short in _CHANGING:
        return derivation.changed(result)
    index = a.get(None, "index")
    if index is not None:
        result = timing.index_is_dates(m, a.node, result, index)
    if short == "DataFrame" and a.positional and a.positional[0].kind is Kind.MAPPING:
        return _table(m, a.positional[0], result, m.place(a.node))
    if short == "DataFrame" and result.columns is None:
        return replace(result, columns=Columns(m.number()))  # columns named here
    return result


def positions(a: Arguments) -> Value:
    """``range(...)``: the numbers of rows, one after the other, or in steps of what is written there."""
    step = a.node.args[2] if len(a.node.args) > 2 else None
    one = step is None or (isinstance(step, ast.Constant) and step.value == 1)
    return Value(name=timing.POSITION if one or step is None else f"{timing.POSITION} {ast.unparse(step)}")


def _of_one_table(m: Interpreter, mapping: Value, place: Place) -> Columns | None:
    """``{"a": df["a"], "margin": df["grade"] - 10}``: columns of one table, some of them computed."""
    items = [v.owner if v.kind is Kind.ROWS and v.owner is not None else v for v in mapping.items]
    given = [v.columns for v in items if v.kind is Kind.DATA]
    first = given[0] if given else None
    if first is None or len(given) < len(items) or len({c.table if c is not None else None for c in given}) > 1:
        return None
    taken = [derivation.sources(v.columns) or frozenset() for v in items]
    for key, own in zip(mapping.keys, taken, strict=False):
        if key not in own and any(key in other for other in taken):
            return None  # the name of another column of that table
    derived = frozenset().union(*(c.derived for c in given if c is not None))
    copies = frozenset().union(*(c.copies for c in given if c is not None))
    made = Columns(first.table, only=frozenset(), derived=derived, copies=copies)
    for key, item in zip(mapping.keys, items, strict=False):
        if derivation.sources(item.columns) is None:
            return None
        made = derivation.store(made, frozenset({str(key)}), item, place)
    return made


def _table(m: Interpreter, mapping: Value, result: Value, place: Place) -> Value:
    """``pd.DataFrame({"a": ..., "b": ...})``: a new table with these columns."""
    named = bool(mapping.keys) and all(isinstance(k, str) for k in mapping.keys)
    columns = _of_one_table(m, mapping, place) if named else None
    some = any(v.kind in (Kind.DATA, Kind.ROWS) for v in mapping.items)
    if columns is None and not (named and some):  # columns that the program names: lags in a loop
        return replace(result, columns=Columns(m.number(), sure=False) if some else None)
    names = frozenset(str(k) for k in mapping.keys if k is not NO_CONSTANT)
    made = replace(result, columns=columns or Columns(m.number(), only=names), learned=frozenset())
    for key, item in zip(mapping.keys, mapping.items, strict=False):
        inner = item.owner if item.kind is Kind.ROWS and item.owner is not None else item
        if inner.kind is Kind.DATA:
            made = replace(made, learned=lineage.stored(made.learned, inner, str(key), None))
    return made
