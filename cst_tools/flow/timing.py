"""Time order: what makes the rows of a table a series, and what looks ahead in it.

Methods and functions of series (``shift``, ``rolling``, ``bfill``, decompositions) are told here what they add to the
lineage of their result: that the rows are ordered in time, or that a value holds rows below its own.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from cst_tools.flow import derivation, grouping, lineage
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.columns import constant_names
from cst_tools.flow.values import UNKNOWN, Columns, Kind, Learned, Learns, Value, merged, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

_LAGS = frozenset(("shift", "diff", "pct_change"))
_WINDOWS = frozenset(("rolling", "expanding", "ewm", "resample"))
_BACKWARD = ("bfill", "backfill")
_CUMULATIVE = frozenset(("cumsum", "cumprod", "cummax", "cummin"))
_ORDERING = frozenset(("sort", "sort_values", "sort_index", "set_index", "asfreq", "sample", "reindex", "shuffle"))
METHODS = _LAGS | _CUMULATIVE | _ORDERING | {*_BACKWARD, "fillna", "interpolate"}
_TIME_WORDS = frozenset(
    ("date", "datetime", "time", "timestamp", "ts", "dt", "day", "month", "year", "week", "hour", "minute", "quarter",
     "period", "when", "datum", "ds")
)  # fmt: skip


_MOMENTS = frozenset(("date", "datetime", "timestamp", "ts", "ds", "dt", "datum", "dates"))
_OF_MOMENTS = frozenset(
    ("start", "event", "order", "pickup", "created", "purchase", "open", "close", "begin", "stamp", "transaction",
     "arrival", "departure", "log", "utc", "unix", "local", "observation", "measurement", "reading")
)  # fmt: skip


@lru_cache(maxsize=4096)
def _words(name: str) -> frozenset[str]:
    return frozenset(w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name))


def is_time_name(name: str) -> bool:
    """Whether a column's name speaks of time.

    >>> is_time_name("order_date"), is_time_name("Timestamp"), is_time_name("update"), is_time_name("age")
    (True, True, False, False)
    """
    return bool(_words(name) & _TIME_WORDS)


def is_moment_name(name: str) -> bool:
    """Whether a column's name says that it holds moments, so that sorting by it is sorting in time.

    >>> is_moment_name("order_date"), is_moment_name("time"), is_moment_name("cooking_time"), is_moment_name("year")
    (True, True, False, False)
    """
    words = _words(name)
    return bool(words & _MOMENTS) or ("time" in words and (len(words) == 1 or bool(words & _OF_MOMENTS)))


def call(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value | None:
    """What a method of a series returns; None for methods that are none of ours (or where nothing is to be added)."""
    if name not in METHODS or owner.kind is not Kind.DATA:
        return None
    if name in _LAGS:
        return _lag(m, owner, name, a)
    if name in _CUMULATIVE:
        result = derivation.windowed(owner)
        return _with(result, lineage.note(m, a.node, Learns.WINDOW, name, owner.rows))
    if name in _BACKWARD or (name == "fillna" and a.constant("method", 1) in _BACKWARD):
        return _with(owner, lineage.note(m, a.node, Learns.FUTURE, "bfill", owner.rows))
    if name == "interpolate" and a.constant("limit_direction") in ("both", "backward") and is_ordered(owner):
        return _with(owner, lineage.note(m, a.node, Learns.FUTURE, "interpolate", owner.rows))
    return None


def after(m: Interpreter, owner: Value, name: str, a: Arguments, result: Value) -> Value:
    """Add what a method says about the order of rows to what it returned."""
    if result.kind is not Kind.DATA:
        return result
    if name in ("sort", "sort_values", "sort_index"):
        return _sorted(m, owner, name, a, result)
    if name == "set_index":
        keys = constant_names(a.get(0, "keys") or UNKNOWN) or frozenset()
        if any(is_date(owner, key) for key in keys):
            return _ordered(m, a, result, "a date index")
    if name == "asfreq":
        return _ordered(m, a, result, "`asfreq`")
    if name == "shuffle":  # of a data set of TensorFlow
        return _with(result, lineage.note(m, a.node, Learns.SHUFFLED, "shuffle", owner.rows))
    if name == "sample":
        whole = a.constant("frac", 1) in (1, 1.0) and not isinstance(a.constant("frac", 1), bool)
        if whole:
            return _with(result, lineage.note(m, a.node, Learns.SHUFFLED, "sample", owner.rows))
    return result


def is_ordered(value: Value) -> bool:
    return lineage.any_of(value.learned, Learns.ORDERED, Learns.DATES)


def is_date(value: Value, column: str) -> bool:
    return is_moment_name(column) or any(n.what == column for n in lineage.having(value.learned, Learns.DATES))


def loaded(m: Interpreter, name: str, a: Arguments) -> frozenset[Learned]:
    """What reading a table says about its order."""
    if ".random." in name or name.startswith("random.") or name.rpartition(".")[2].startswith("rand"):
        return frozenset({lineage.note(m, a.node, Learns.RANDOM, name)})
    if "yfinance" in name or "pandas_datareader" in name:
        return frozenset({lineage.note(m, a.node, Learns.ORDERED, "a price history")})
    parsed, index = a.get(None, "parse_dates"), a.get(None, "index_col")
    if parsed is None or (parsed.kind is Kind.CONST and parsed.const is False):
        return frozenset()
    names = constant_names(parsed) or frozenset()
    found: set[Learned] = {lineage.note(m, a.node, Learns.DATES, column) for column in names}
    if index is not None and (not names or (constant_names(index) or names) & names):
        found.add(lineage.note(m, a.node, Learns.ORDERED, "a date index"))
    return frozenset(found)


def dates(m: Interpreter, a: Arguments, result: Value) -> Value:
    """``pd.to_datetime(df["when"])``"""
    names = derivation.sources(result.columns) or frozenset({""})
    return replace(result, learned=result.learned | {lineage.note(m, a.node, Learns.DATES, n) for n in names})


def index_is_dates(m: Interpreter, node: ast.AST, table: Value, index: Value) -> Value:
    """``df.index = pd.to_datetime(...)``, ``DataFrame(..., index=pd.date_range(...))``."""
    if not lineage.any_of(index.learned, Learns.DATES):
        return table
    return _with(table, lineage.note(m, node, Learns.ORDERED, "a date index", table.rows))


def reverse(m: Interpreter, node: ast.AST, value: Value) -> Value:
    """``df[::-1]``"""
    if value.kind is not Kind.DATA:
        return value
    if lineage.any_of(value.learned, Learns.REVERSED):
        return replace(value, learned=lineage.without(value.learned, Learns.REVERSED))
    return _with(value, lineage.note(m, node, Learns.REVERSED, "reversed", value.rows))


OVERLAPPING = "overlapping windows"


AHEAD = "rows ahead"
"""`Note.what` of a window that begins behind another one: ``data[i + n:i + n + h]``."""


def windows(m: Interpreter, node: ast.Slice, value: Value) -> Value:
    """``data[i:i + n]``; where it begins behind ``i``, it is several values to be predicted."""
    notes: list[Learned] = [lineage.note(m, node, Learns.ORDERED, OVERLAPPING, value.rows)]
    if isinstance(node.lower, ast.BinOp) and isinstance(node.lower.op, ast.Add) and isinstance(node.upper, ast.BinOp):
        width = m.evaluate(node.upper.right).const
        if isinstance(width, int) and width > 1 and ast.unparse(node.upper.left) == ast.unparse(node.lower):
            notes.append(lineage.note(m, node, Learns.FUTURE, AHEAD, value.rows, width))
    return _with(value, *notes)


POSITION = "position of a row"
"""``Value.name`` of the variable of ``for i in range(n)``; the step follows where it is not 1."""


def slides(m: Interpreter, low: ast.expr | None, high: ast.expr | None) -> bool:
    """Whether ``data[low:high]`` is a window that slides over the rows: ``i:i + w``, but not in steps of ``w``."""
    if low is None or high is None:
        return False
    ends = {n.id for n in ast.walk(high) if isinstance(n, ast.Name)}
    for name in sorted(ends & {n.id for n in ast.walk(low) if isinstance(n, ast.Name)}):
        value = m.scope.find(name)
        if value is None or not value.name.startswith(POSITION):
            continue
        steps_ = {value.name[len(POSITION) + 1 :]}
        for factor in (n for n in ast.walk(low) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Mult)):
            steps_ |= {ast.unparse(factor.left), ast.unparse(factor.right)}  # i * stride
        start, end = ast.unparse(low), ast.unparse(high)
        if isinstance(high, ast.BinOp) and ast.unparse(high.left) == start:
            return ast.unparse(high.right) not in steps_
        if isinstance(low, ast.BinOp) and isinstance(low.op, ast.Sub) and ast.unparse(low.left) == end:
            return ast.unparse(low.right) not in steps_
        if isinstance(low, ast.Name) and isinstance(high, ast.BinOp) and isinstance(high.op, ast.Add):
            return True  # i:i + w + 1
        return isinstance(low, ast.BinOp) and isinstance(low.op, ast.Sub)
    return False


def _with(value: Value, *notes: Learned) -> Value:
    return replace(value, learned=value.learned | set(notes))


def _ordered(m: Interpreter, a: Arguments, value: Value, what: str) -> Value:
    return _with(value, lineage.note(m, a.node, Learns.ORDERED, what, value.rows))


def steps(m: Interpreter, a: Arguments, position: int, name: str, default: int) -> tuple[int | None, bool]:
    """How far, and whether upwards: ``shift(-horizon)`` looks ahead even where the horizon is not known."""
    given = a.get(position, name)
    if given is None:
        return default, False
    if given.kind is Kind.CONST and isinstance(given.const, int | float) and not isinstance(given.const, bool):
        return abs(int(given.const)), given.const < 0
    expression = a.expression(position, name)
    return None, isinstance(expression, ast.UnaryOp) and isinstance(expression.op, ast.USub)


def _lag(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    if a.constant("axis") in (1, "columns"):
        return replace(owner, columns=None)
    amount, ahead = steps(m, a, 0, "periods", 1)
    if lineage.any_of(owner.learned, Learns.REVERSED):
        ahead = not ahead
    ordered = lineage.note(m, a.node, Learns.ORDERED, f"`{name}`", owner.rows)
    grouping.within(m, a.node, owner, name)
    if ahead:
        text = f"{name}({f'-{amount}' if amount is not None else '-k'})"
        future = lineage.note(m, a.node, Learns.FUTURE, text, owner.rows, amount)
        kept = replace(owner, columns=None) if name == "shift" else derivation.windowed(owner)
        return _with(replace(kept, learned=lineage.without(owner.learned, Learns.WINDOW)), future, ordered)
    if name == "shift":
        # what was smoothed and then moved down far enough no longer looks ahead
        past = lineage.without(owner.learned, Learns.FUTURE, Learns.WINDOW) if amount != 0 else owner.learned
        return _with(replace(owner, columns=None, learned=past | _of_whole_series(owner)), ordered)
    return _with(replace(derivation.windowed(owner)), ordered)


_WHOLE_SERIES = frozenset(
    ("seasonal_decompose", "STL", "MSTL", "hpfilter", "bkfilter", "cffilter", "filtfilt", "sosfiltfilt", "hilbert",
     "wavedec", "waverec", "dwt", "idwt", "swt", "VMD", "EMD", "EEMD", "CEEMDAN", "emd", "eemd", "ceemdan", "iceemdan",
     "decomposer", "sift")
)  # fmt: skip


def _of_whole_series(owner: Value) -> frozenset[Learned]:
    """What no lag takes away: each value of a decomposition depends on the end of the series, however far off."""
    if owner.columns is None or owner.columns.only is None:
        held = [n for n in lineage.having(owner.learned, Learns.FUTURE) if not n.column]
    else:
        held = lineage.about(owner, Learns.FUTURE)
    return frozenset(replace(n, column="") for n in held if n.what in _WHOLE_SERIES)


def opened(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    """``owner`` as ``rolling``, ``expanding``, ``ewm`` and ``resample`` see it."""
    if name not in _WINDOWS:
        return owner
    notes: list[Learned] = [lineage.note(m, a.node, Learns.ORDERED, f"`{name}`", owner.rows)]
    if a.constant("center", 2 if name == "rolling" else None) is True:
        notes.append(lineage.note(m, a.node, Learns.FUTURE, "rolling(center=True)", owner.rows))
    elif name != "resample" and lineage.any_of(owner.learned, Learns.REVERSED):
        notes.append(
            lineage.note(
                m, a.node, Learns.FUTURE, f"{name} over reversed rows", owner.rows, steps(m, a, 0, "window", 0)[0]
            )
        )
    if name == "resample" or a.constant("closed") in ("left", "neither"):
        return _with(replace(owner, columns=None), *notes)
    if derivation.sources(owner.columns) is None:
        return _with(owner, *notes)
    return _with(owner, *notes, lineage.note(m, a.node, Learns.WINDOW, name, owner.rows))


def of_window(m: Interpreter, owner: Value, result: Value) -> Value:
    """``df.rolling(7).mean()``: one value a row, made of this row and others."""
    if any(n.what == "`resample`" for n in lineage.having(owner.learned, Learns.ORDERED)):
        return replace(result, columns=Columns(m.number()))  # resampled: a new table
    return replace(result, columns=derivation.windowed(owner).columns)


def _sorted(m: Interpreter, owner: Value, name: str, a: Arguments, result: Value) -> Value:
    learned = lineage.without(result.learned, Learns.SHUFFLED, Learns.REVERSED)
    ascending = a.constant("ascending", 1 if name == "sort_values" else None)
    given = a.get(None, "ascending")
    if given is not None and given.kind is Kind.SEQUENCE and isinstance(given.const, tuple) and given.const:
        ascending = given.const[-1]
    notes: set[Learned] = set()
    by = constant_names(a.get(0, "by") or UNKNOWN) if name != "sort_index" else None
    if a.constant("descending") is True:
        ascending = False
    in_time = any(is_date(owner, column) for column in by or ())
    in_time = in_time or sum(is_time_name(column) for column in by or ()) > 1  # by year and month
    if in_time:
        notes.add(lineage.note(m, a.node, Learns.ORDERED, "sorted by date", owner.rows))
    if ascending is False and (in_time or name == "sort_index"):
        notes.add(lineage.note(m, a.node, Learns.REVERSED, name, owner.rows))
    return replace(result, learned=learned | notes)


def smoothed(m: Interpreter, name: str, a: Arguments) -> Value:
    """A filter or decomposition of a whole series: every value of the result depends on all rows."""
    series = next((v for v in a.values if v.kind is Kind.DATA and v.rows), UNKNOWN)
    if series.kind is not Kind.DATA:
        series = merged(a.values)
    short = name.rpartition(".")[2]
    result = replace(series, columns=None, opaque=False)
    along_rows = derivation.sources(series.columns) is not None or is_ordered(series)
    if not series.rows or not along_rows or a.constant("axis") in (1, -1) or a.constant("two_sided") is False:
        return result
    if short == "convolve" and a.constant("mode", 2) != "same":
        return result
    return _with(
        result,
        lineage.note(m, a.node, Learns.FUTURE, short, series.rows),
        lineage.note(m, a.node, Learns.ORDERED, f"`{short}`", series.rows),
    )


def rolled(m: Interpreter, a: Arguments) -> Value:
    """``np.roll(x, -1)``: the next value."""
    series = a.positional[0] if a.positional else UNKNOWN
    if series.kind is not Kind.DATA:
        return series
    amount, ahead = steps(m, a, 1, "shift", 0)
    if not ahead:
        return replace(series, columns=None)
    return _with(replace(series, columns=None), lineage.note(m, a.node, Learns.FUTURE, "roll", series.rows, amount))


def joined_by_time(m: Interpreter, a: Arguments, result: Value) -> Value:
    """``merge_asof``: the nearest row in time, forwards too unless told otherwise."""
    result = _ordered(m, a, result, "`merge_asof`")
    direction = a.constant("direction")
    if direction in ("forward", "nearest"):
        text = f"merge_asof(direction={direction!r})"
        return _with(result, lineage.note(m, a.node, Learns.FUTURE, text, result.rows))
    return result


def stored_attribute(m: Interpreter, target: ast.Attribute, owner: Value, value: Value) -> Value:
    """``df.index = ...``, ``df.price = ...``"""
    if target.attr == "index":
        return index_is_dates(m, target, owner, value)
    return derivation.put(owner, frozenset({target.attr}), value, m.place(target))


def of_expression(m: Interpreter, value: Value, name: str, a: Arguments) -> Value | None:
    """What a method of polars' ``pl.col("a")`` says about time; None for all others."""
    ordered = lineage.note(m, a.node, Learns.ORDERED, f"`{name}`")
    if name in _LAGS:
        amount, ahead = steps(m, a, 0, "n", 1)
        if ahead:
            text = f"{name}({f'-{amount}' if amount is not None else '-k'})"
            return _with(replace(value, keys=()), ordered, lineage.note(m, a.node, Learns.FUTURE, text, amount=amount))
        if name == "shift":
            past = lineage.without(value.learned, Learns.FUTURE, Learns.WINDOW)
            return _with(replace(value, keys=(), learned=past), ordered)
        return _with(value, ordered)
    if name.startswith(("rolling_", "cum_", "ewm_")):
        notes: list[Learned] = [] if name.startswith("cum_") else [ordered]
        if a.constant("center") is True:
            notes.append(lineage.note(m, a.node, Learns.FUTURE, "rolling(center=True)"))
        if value.keys:
            notes.append(lineage.note(m, a.node, Learns.WINDOW, name))
        return _with(value, *notes)
    if name == "backward_fill" or (name == "fill_null" and a.constant("strategy", 1) == "backward"):
        return _with(value, lineage.note(m, a.node, Learns.FUTURE, "bfill"))
    return None


def of_elements(learned: frozenset[Learned]) -> frozenset[Learned]:
    """Lineage that a function brings back from the elements of a column: pieces of a text are no windows of rows."""
    return frozenset(n for n in learned if not (n.kind is Learns.ORDERED and n.what == OVERLAPPING))


def is_patch(m: Interpreter, index: ast.Tuple) -> bool:
    """``image[i:i + 8, j:j + 8]``: a window that slides both ways is none of rows."""
    slices = [e for e in index.elts if isinstance(e, ast.Slice)]
    return len(slices) > 1 and all(slides(m, e.lower, e.upper) for e in slices)
