"""Steps after which a row, or most of one, is there more than once: copies, draws with replacement, `explode`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cst_tools.flow.columns import text_of
from cst_tools.flow.values import NO_ROWS, Event, Kind, Learned, Learns, Rows, Value, flatten, replace

if TYPE_CHECKING:
    from cst_tools.flow.arguments import Arguments
    from cst_tools.flow.interpreter import Interpreter

COPIES = "copies"
OVERSAMPLED = "repeated rows of a part"
DRAWS = "draws with replacement"
EXPLODE = "explode"
JOIN = "join"
_REPEATING = ("repeat", "tile", "repeat_interleave")
METHODS = frozenset(
    ("explode", "repeat", "sample", "merge", "join", "append", "drop_duplicates", "unique", "agg", "aggregate")
)
_SEVERAL = ("one_to_many", "1:m", "many_to_many", "m:m")
_ONE_EACH = (
    "details", "demographics", "attributes", "features", "labels", "targets", "stats", "profiles", "totals", "counts",
    "addresses", "status", "means", "aggregates", "names", "scores", "statistics", "properties",
)  # fmt: skip
"""Names of tables that hold one row for each of another table's."""
_ONE_BELOW_THE_OTHER = ("concat", "concatenate", "vstack", "append", "r_", "cat")


@dataclass(frozen=True, slots=True)
class Duplicated(Event):
    """From here on some of ``rows`` are there more than once."""

    what: str
    rows: Rows


def mark(m: Interpreter, node: ast.AST, value: Value, what: str, rows: Rows | None = None) -> Value:
    if not value.rows:
        return value
    place = m.place(node)
    if what not in (OVERSAMPLED, DRAWS):
        m.record_event(Duplicated(place, what, value.rows if rows is None else rows))
    marks = {Learned(place, NO_ROWS, Learns.DUPLICATES, what)}
    if what in (OVERSAMPLED, DRAWS):  # resampling: L108 wants to know from which rows
        marks.add(m.record_learned(Learned(place, value.rows if rows is None else rows, Learns.RESAMPLE, what)))
    return replace(value, learned=value.learned | marks)


def by_method(m: Interpreter, owner: Value, name: str, a: Arguments, result: Value) -> Value:
    """What a method of a table does to the number of its rows."""
    if name == "explode":
        return mark(m, a.node, result, EXPLODE)
    if name == "repeat":
        return mark(m, a.node, result, COPIES)
    if name == "sample":
        fraction = a.constant("frac")
        more = isinstance(fraction, int | float) and fraction > 1
        return mark(m, a.node, result, DRAWS) if more or a.constant("replace") is True else result
    if name in ("merge", "join") and a.positional:
        unique = any(one.kind is Learns.UNIQUE for one in a.positional[0].learned)
        return result if unique or not _joins_several(a.node) else mark(m, a.node, result, JOIN)
    if name == "append":
        return by_concatenation(m, name, a, [owner, *(leaf for v in a.positional[:1] for leaf in flatten(v))], result)
    return single(result) if name in ("drop_duplicates", "unique", "agg", "aggregate") else result


def single(value: Value) -> Value:
    """The value without its duplicates; rows that were interpolated stay."""
    kept = frozenset(
        x
        for x in value.learned
        if x.kind is not Learns.DUPLICATES and not (x.kind is Learns.RESAMPLE and x.what in (OVERSAMPLED, DRAWS))
    )
    return replace(value, learned=kept)


def by_call(m: Interpreter, name: str, a: Arguments, result: Value) -> Value:
    """Functions nobody else describes: ``np.repeat(X, 3, axis=0)``."""
    axis, times = a.get(2, "axis", "dim"), a.get(1, "repeats", "reps")
    if name.rpartition(".")[2] not in _REPEATING or (axis is not None and axis.const != 0):
        return result
    if times is not None and (times.const == 1 or (times.items and times.items[0].const == 1)):
        return result  # np.tile(X, (1, 3)): columns
    return mark(m, a.node, result, COPIES)


def _joins_several(node: ast.Call) -> bool:
    """Whether the call says, or the names say, that a row of the left table meets several of the right one."""
    given = {k.arg: k.value.value for k in node.keywords if k.arg is not None and isinstance(k.value, ast.Constant)}
    if given.get("validate") in _SEVERAL or given.get("how") == "cross":
        return True
    nodes: list[ast.expr] = list(node.args[:2])
    if len(nodes) == 1 and isinstance(node.func, ast.Attribute):
        nodes.insert(0, node.func.value)
    key = given.get("on", given.get("left_on"))
    nodes = [_table_named(n) for n in nodes]
    if not isinstance(key, str) or len(nodes) < 2 or not all(isinstance(n, ast.Name) for n in nodes):
        return False
    stem = key.lower().removesuffix("id").rstrip("_")
    one, several = (text_of(n).lower().removeprefix("df_").removesuffix("_df") for n in nodes)
    if not stem or several.startswith(stem) or not several.endswith("s") or several.endswith(_ONE_EACH):
        return False
    return one in (stem, f"{stem}s", f"{stem}es", f"{stem[:-1]}ies")


def _table_named(node: ast.expr) -> ast.expr:
    """``clicks`` in ``clicks[["order_id", "page"]]``"""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node


def by_concatenation(m: Interpreter, name: str, a: Arguments, leaves: list[Value], result: Value) -> Value:
    """``pd.concat([df, df[df.y == 1]])``, ``np.vstack([X, X])``, ``pd.concat([df] * 3)``."""
    if name not in _ONE_BELOW_THE_OTHER or a.constant("axis") in (1, -1, "columns"):
        return result
    tables = [v for v in leaves if v.kind is Kind.DATA and v.rows and not v.models]
    parts = {v.rows for v in tables}
    if any(_repeats(node) for node in a.node.args):
        return mark(m, a.node, result, COPIES if len(parts) < 2 else OVERSAMPLED)
    copies = [(x, y) for i, x in enumerate(tables) for y in tables[i + 1 :] if _is_copy(x, y)]
    if copies:
        return mark(
            m, a.node, result, COPIES if all(x.rows == y.rows for x, y in copies) and len(parts) < 2 else OVERSAMPLED
        )
    return result


def _repeats(node: ast.AST) -> bool:
    """``[df] * 3``"""
    if not isinstance(node, ast.BinOp):
        return False
    if isinstance(node.op, ast.Mult):
        return isinstance(node.left, ast.List) or isinstance(node.right, ast.List)
    return _repeats(node.left) or _repeats(node.right)


def _is_copy(one: Value, other: Value) -> bool:
    """Whether rows of one table stand in the other too, unchanged as far as can be seen."""
    if len(one.rows) != 1 or len(other.rows) != 1 or one.opaque or other.opaque:
        return False
    if any(v.columns is None or v.columns.changed for v in (one, other)) or one.ref != other.ref:
        return False
    plain = (Learns.DUPLICATES, Learns.SHUFFLED)
    if {x for x in one.learned if x.kind not in plain} != {x for x in other.learned if x.kind not in plain}:
        return False
    (a,), (b,) = one.rows, other.rows
    return a.contains(b) or b.contains(a)
