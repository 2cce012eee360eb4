"""Facts for the question whether scored rows took part in training: what a model had seen when it predicted, where
rows are cut, which file a table is, and where the rows of a value can no longer be told.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cst_tools.flow.bounds import Bound, bound_of
from cst_tools.flow.columns import text_of
from cst_tools.flow.values import (
    NO_CONSTANT,
    NO_ROWS,
    Estimator,
    Event,
    Flow,
    Kind,
    Learned,
    Learns,
    Part,
    Rows,
    Training,
    Value,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.arguments import Arguments
    from cst_tools.flow.interpreter import Interpreter


DRAWS = ("rand", "random", "uniform", "random_sample", "binomial", "randn", "normal", "integers", "randint")
SETTINGS = "settings of the command line"


@dataclass(frozen=True, slots=True)
class Predicted(Event):
    """A model predicts for rows: what it had been trained on by then, and what was learned on the way to either."""

    model: int
    trained: Rows
    rows: Rows
    learned: frozenset[Learned]
    concatenated: bool = False


@dataclass(frozen=True, slots=True)
class Cut(Event):
    """A slice of rows: with only one bound, ``side`` 0 of the key is before it and 1 is behind it."""

    key: str
    low: Bound | None
    high: Bound | None
    inclusive: bool
    """By label (``.loc``): both ends belong to it."""
    rows: Rows


@dataclass(frozen=True, slots=True)
class Border(Event):
    """What a comparison that selects rows compares with, where the source only has a name for it."""

    key: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class Loaded(Event):
    """A table read from a file."""

    root: int
    source: str


def fits_of(flow: Flow, model: int | None) -> list[Training]:
    """The fits of one model, in order."""
    found: dict[int | None, list[Training]] | None = flow.cache.get("fits of models")
    if found is None:
        found = flow.cache["fits of models"] = {}
        for training in flow.trainings:
            found.setdefault(training.model, []).append(training)
    return found.get(model, [])


def predictions_of(flow: Flow, models: frozenset[int]) -> list[Predicted]:
    """The predictions of some models, in order."""
    found: dict[int, list[tuple[int, Predicted]]] | None = flow.cache.get("predictions of models")
    if found is None:
        found = flow.cache["predictions of models"] = {}
        for number, predicted in enumerate(flow.of(Predicted)):
            found.setdefault(predicted.model, []).append((number, predicted))
    if len(models) == 1:
        return [predicted for _, predicted in found.get(next(iter(models)), [])]
    return [
        predicted for _, predicted in sorted((x for model in models for x in found.get(model, [])), key=lambda x: x[0])
    ]


def unsure_rows(m: Interpreter, value: Value, node: ast.AST) -> Value:
    """The value, marked: rows were selected, or may have been, in a way that cannot be followed."""
    if not value.rows:
        return value
    mark = Learned(m.place(node), NO_ROWS, Learns.ROWS, "selection")
    return replace(value, learned=value.learned | {mark})


def is_draw(node: ast.expr) -> bool:
    """``np.random.rand(n)``: other numbers each time."""
    return isinstance(node, ast.Call) and text_of(node.func).rpartition(".")[2] in DRAWS


def rows_are_sure(learned: frozenset[Learned]) -> bool:
    return all(one.kind is not Learns.ROWS for one in learned)


def record_prediction(m: Interpreter, node: ast.AST, owner: Value, data: Value) -> None:
    state = m.estimator(owner)
    if isinstance(state, Estimator) and owner.ref is not None and state.trained and data.rows:
        m.record_event(Predicted(m.place(node), owner.ref, state.trained, data.rows, data.learned, data.concatenated))


def record_cut(m: Interpreter, node: ast.AST, key: str, bounds: tuple[ast.expr | None, ast.expr | None],
               rows: Rows, *, inclusive: bool = False) -> None:  # fmt: skip
    low, high = bound_of(m, bounds[0]), bound_of(m, bounds[1])
    m.record_event(Cut(m.place(node), key, low, high, inclusive, rows))


def record_end(m: Interpreter, call: ast.Call, key: str, name: str, rows: Rows) -> None:
    """``df.head(800)`` is ``df[:800]``, ``df.tail(300)`` is ``df[-300:]``."""
    number = bound_of(m, call.args[0])
    if name == "head":
        m.record_event(Cut(m.place(call), key, None, number, False, rows))
    elif number is not None and 0 < number.share < 1 and not (number.base or number.label):
        low = Bound(share=round(1 - number.share, 9), offset=-number.offset)
        m.record_event(Cut(m.place(call), key, low, None, False, rows))
    elif number is not None and number.offset > 0 and not (number.share or number.base or number.label):
        m.record_event(Cut(m.place(call), key, Bound(offset=-number.offset), None, False, rows))


def sliced(m: Interpreter, owner: Value, a: Arguments) -> Value:
    """``df.slice(800, 200)`` of polars: from a position on, so many rows."""
    start, length = (v.const if v is not None else None for v in (a.get(0, "offset"), a.get(1, "length")))
    if not isinstance(start, int) or not (length is None or isinstance(length, int)) or start < 0:
        return unsure_rows(m, owner, a.node)
    low = Bound(offset=start) if start else None
    high = Bound(offset=start + length) if length is not None else None
    key, side = f"from {start} to {start + (length or 0)}", 0
    if low is None or high is None:
        key, side = (f"at {start}", 1) if high is None else (f"at {length}", 0)
    m.record_split(a.node, key)
    rows = frozenset(p.child(key, side) for p in owner.rows)
    m.record_event(Cut(m.place(a.node), key, low, high, False, rows))
    return replace(owner, rows=rows)


def record_border(m: Interpreter, node: ast.Compare, key: str, right: Value) -> None:
    if right.kind is not Kind.CONST or isinstance(node.comparators[0], ast.Constant):
        return
    if isinstance(right.const, str):
        m.record_event(Border(m.place(node), key, Bound(label=right.const)))
    elif isinstance(right.const, int | float) and not isinstance(right.const, bool):
        m.record_event(Border(m.place(node), key, Bound(offset=right.const)))


def record_load(m: Interpreter, a: Arguments, value: Value) -> None:
    """Remember which file the table is, when the call says so in the same words every time."""
    first = a.positional[0] if a.positional else None
    path = a.node.args[0] if a.node.args else None
    if first is not None and path is not None:
        if first.kind is Kind.CONST and isinstance(first.const, str):
            source = first.const
        else:
            known = _spelled(m, path)
            if known is None:
                return
            source = known
    elif a.node.args or not _is_toy(a.node):
        return
    else:
        source = ""
    called = text_of(a.node.func)
    ignored = ("usecols", "dtype", "engine", "as_frame")
    options = []
    for keyword in a.node.keywords:
        if keyword.arg in ignored:
            continue
        said = _names_said(m, keyword.value)
        if said is None:
            return  # ``sheet_name=part`` of a helper
        options.append(" ".join([f"{keyword.arg}={text_of(keyword.value)}", *said]))
    options.sort()
    for part in value.rows:
        m.record_event(Loaded(m.place(a.node), part.root, f"{called}({source} {options})"))


def _spelled(m: Interpreter, path: ast.expr) -> str | None:
    """``ROOT / f"{part}.csv"`` with the texts its names stand for; None where a name may stand for another one."""
    said = _names_said(m, path)
    if said is None:
        return None
    return " ".join([text_of(path), *said]) if said or _says_text(path) else None


def _names_said(m: Interpreter, path: ast.expr) -> list[str] | None:
    """What the names in an expression stand for; None where one is made anew in each call."""
    said: list[str] = []
    for node in ast.walk(path):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            value = m.scope.find(node.id)
            if value is None or value.kind in (Kind.LIBRARY, Kind.MODULE):
                continue  # a function, an imported name
            if value.kind is Kind.CONST and value.const is not NO_CONSTANT:
                said.append(f"{node.id}={value.const!r}")
            elif value.kind is Kind.UNKNOWN and value.name and not m.calls:
                said.append(f"{node.id}={value.name}")
            elif value.kind is Kind.UNKNOWN and value.name and value.name != node.id:
                said.append(f"{node.id}={value.name}")  # the caller's ``args.data``
            elif m.calls and node.id in m.scope.names:
                return None
    return said


def settings(m: Interpreter, node: ast.Call) -> Value | None:
    """What ``parser.parse_args()`` gives: one name in it is the same file each time, until something is set."""
    called = text_of(node.func).rpartition(".")[2]
    if called not in ("parse_args", "parse_known_args"):
        return None
    parsed = Value(name=f"{SETTINGS} {m.number()}")
    return parsed if called == "parse_args" else Value(Kind.SEQUENCE, items=(parsed, Value()))


def set_anew(m: Interpreter, value: Value) -> Value | None:
    """The settings after ``args.data = ...``; None for what are none."""
    if value.kind is not Kind.UNKNOWN or not value.name.startswith(f"{SETTINGS} "):
        return None
    return replace(value, name=f"{SETTINGS} {m.number()}")


def _says_text(path: ast.expr) -> bool:
    return any(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in ast.walk(path))


def _is_toy(node: ast.Call) -> bool:
    """``load_iris()``: the same rows each time."""
    name = text_of(node.func).rpartition(".")[2]
    return name.startswith(("load_", "fetch_"))


def chosen_rows(m: Interpreter, owner: Value, selector: Value, node: ast.AST) -> Value:
    """``X[order[:n]]`` where ``order`` was computed from the same table: the selector's rows."""
    roots = {p.root for p in owner.rows}
    if selector.rows and all(
        p.root in roots and any(o.strictly_contains(p) for o in owner.rows) for p in selector.rows
    ):
        return replace(owner, rows=selector.rows)
    return unsure_rows(m, owner, node)


def conjunction(left: Value, right: Value) -> Value | None:
    """``(a >= 1) & (a < 2)``: both selections, one after the other; None when they are not of one table."""
    if len(left.rows) != 1 or len(right.rows) != 1:
        return None
    (first,), (second,) = left.rows, right.rows
    if first.root != second.root or not first.path or not second.path or len(first.path) > 10:
        return None
    shared = len(second.path) - 1
    if first.path[:shared] != second.path[:shared] or first.path[-1] == second.path[-1]:
        return None
    return replace(right, rows=frozenset({Part(first.root, (*first.path, second.path[-1]))}))
