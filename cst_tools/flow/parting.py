"""How rows are parted: at random, by position, in folds, by group; with the evidence of what is parted."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cst_tools.flow import derivation, grouping, lineage
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.recording import OnlyOne
from cst_tools.flow.values import (
    NO_CONSTANT,
    Evaluation,
    EvaluationKind,
    Event,
    Flow,
    Kind,
    Learned,
    Learns,
    Part,
    Place,
    Rows,
    Value,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


class How(enum.Enum):
    RANDOM = "random"
    FOLDS = "folds"
    """Neighbouring rows together, but every fold is held out once: later rows train for earlier ones."""
    ORDERED = "ordered"
    """Earlier rows train, later rows test."""
    GROUPED = "grouped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Parting(Event):
    """``key`` is the split's key in `Flow.splits`; ``learned`` the lineage of what is parted."""

    key: str
    how: How
    tool: str
    rows: Rows
    learned: frozenset[Learned]
    only: frozenset[str] | None = None
    """The columns of what is parted, when it is one or a few."""
    maker: Place | None = None
    """Where the splitter (``KFold(...)``) is made."""
    gap: int | None = 0
    """Rows left out between training and test rows; None when not known."""

    @property
    def where(self) -> Place:
        """Where it was decided how to part: the splitter, else the call that parts."""
        return self.maker or self.place


_NOTES = (Learns.ORDERED, Learns.DATES, Learns.UNIQUE, Learns.SHUFFLED, Learns.REVERSED)


def record(
    m: Interpreter,
    node: ast.AST,
    key: str,
    how: How,
    tool: str,
    values: Iterable[Value],
    maker: Place | None = None,
    gap: int | None = 0,
) -> None:
    given = [v for v in values if v.rows]
    if not given:
        return
    notes = frozenset(n for v in given for n in v.learned if n.kind in _NOTES)
    columns = [v.columns.only if v.columns is not None else None for v in given]
    only: frozenset[str] | None = None
    if all(c is not None for c in columns):
        only = frozenset().union(*(c for c in columns if c is not None))
    rows: Rows = frozenset().union(*(v.rows for v in given))
    if how is How.ORDERED and lineage.any_of(notes, Learns.SHUFFLED):
        how = How.RANDOM
    m.record_event(Parting(m.place(node), key, how, tool, rows, notes, only, maker, gap))


def split_call(m: Interpreter, key: str, name: str, a: Arguments, values: list[Value]) -> None:
    """``train_test_split`` and its like."""
    shuffle = a.get(None, "shuffle")
    how = How.RANDOM
    if shuffle is not None:
        if shuffle.kind is not Kind.CONST or shuffle.const is NO_CONSTANT:
            how = How.UNKNOWN
        elif shuffle.const is False:
            how = How.ORDERED
    record(m, a.node, key, how, name.rpartition(".")[2], values)
    stratify = a.get(None, "stratify")
    for column in (derivation.sources(stratify.columns) or ()) if stratify is not None else ():
        grouping.record(m, a.node, column, stratify.rows if stratify is not None else frozenset(), "stratify")


def splitter(name: str, a: Arguments, place: Place) -> Value:
    """``KFold(5, shuffle=True)``: what its ``split`` will need to know."""
    keys, items = tuple(a.keywords), tuple(a.keywords.values())
    if a.positional and "n_splits" not in a.keywords:
        keys, items = (*keys, "n_splits"), (*items, a.positional[0])
    return Value(Kind.FOLDS, name=name, keys=keys, items=items, place=place)


def is_single(folds: Value) -> bool:
    """``ShuffleSplit(n_splits=1)``: one split, not several in turn."""
    return any(k == "n_splits" and v.const == 1 for k, v in zip(folds.keys, folds.items, strict=False))


def first_of_folds(m: Interpreter, folds: Value) -> None:
    """``next(kf.split(X))``: only one of the splits is used."""
    for pair in folds.items[:1]:
        for part in (part for side in pair.items[:1] if side.kind is Kind.ROWS for part in side.rows if part.path):
            m.record(OnlyOne(part.path[-1][0]))


def nature(folds: Value) -> tuple[How, int | None]:
    """How a splitter parts rows, and the gap it leaves."""
    name = folds.name.rpartition(".")[2]
    options = dict(zip(folds.keys, folds.items, strict=False))
    if name == "TimeSeriesSplit":
        gap = options.get("gap")
        known = 0 if gap is None else gap.const if gap.kind is Kind.CONST and isinstance(gap.const, int) else None
        return How.ORDERED, known
    if "Group" in name or name == "PredefinedSplit":
        return How.GROUPED, None
    if name.startswith(("Repeated", "Leave")) or "ShuffleSplit" in name:
        return How.RANDOM, 0
    if name not in ("KFold", "StratifiedKFold"):
        return How.UNKNOWN, None
    shuffle = options.get("shuffle")
    if shuffle is None or (shuffle.kind is Kind.CONST and shuffle.const is False):
        return How.FOLDS, 0
    return (How.RANDOM if shuffle.kind is Kind.CONST else How.UNKNOWN), 0


def folds_call(m: Interpreter, key: str, folds: Value, a: Arguments) -> None:
    """``kf.split(X, y)``"""
    how, gap = nature(folds)
    grouping.handed(m, a, 2)
    record(m, a.node, key, how, folds.name.rpartition(".")[2], a.positional[:2], folds.place, gap)


def cross_call(m: Interpreter, node: ast.AST, key: str, tool: str, cv: Value | None, values: Iterable[Value]) -> None:
    """``cross_val_score(..., cv=...)`` and searches."""
    how, gap, maker = How.FOLDS, None, None
    if cv is not None and cv.kind is Kind.FOLDS:
        how, gap = nature(cv)
        tool, maker = cv.name.rpartition(".")[2], cv.place
    elif cv is not None and not (cv.kind is Kind.CONST and (cv.const is None or isinstance(cv.const, int))):
        how = How.UNKNOWN
    record(m, node, key, how, tool, values, maker, gap)


def chosen(m: Interpreter, node: ast.AST, owner: Value, selector: Value) -> Value:
    """``df[mask]``, ``X[order[:n]]``: where the selector was drawn at random, so is the split. The selector again."""
    if not lineage.any_of(selector.learned, Learns.RANDOM, Learns.SHUFFLED):
        return selector
    if selector.owner is None and not any(part.path for part in selector.rows):
        return selector  # all rows in another order
    if lineage.any_of(selector.learned, Learns.RANDOM) or selector.owner is None:
        for part in selector.rows:
            if part.path:
                record(m, node, part.path[-1][0], How.RANDOM, "a random choice of rows", [owner])
    return replace(selector, learned=lineage.without(selector.learned, Learns.RANDOM, Learns.SHUFFLED))


def cut(m: Interpreter, node: ast.AST, value: Value, key: str) -> None:
    """A slice of rows that were shuffled before."""
    if value.kind is Kind.DATA and lineage.any_of(value.learned, Learns.SHUFFLED):
        record(m, node, key, How.RANDOM, "a slice of shuffled rows", [value])


def shuffled(m: Interpreter, node: ast.AST, value: Value) -> Value:
    if not value.rows and value.kind is not Kind.ROWS:
        return value
    return replace(value, learned=value.learned | {lineage.note(m, node, Learns.SHUFFLED, "shuffle")})


def sides(trained: Rows, held_out: Rows) -> dict[str, list[tuple[Part, Part]]]:
    """Keys of the splits that have ``trained`` rows on one side and ``held_out`` rows on another."""
    found: dict[str, list[tuple[Part, Part]]] = {}
    for a in sorted(trained, key=str):
        taken = dict(a.path)
        for b in sorted(held_out, key=str):
            if a.root != b.root:
                continue
            for key, side in b.path:
                if key in taken and taken[key] != side:
                    found.setdefault(key, []).append((a, b))
    return found


def scored_apart(flow: Flow) -> dict[str, list[Evaluation]]:
    """By the key of a split: held-out scores whose training and scored rows it has on different sides."""
    found: dict[str, list[Evaluation]] | None = flow.cache.get("scored apart")
    if found is None:
        found = flow.cache["scored apart"] = {}
        for evaluation in flow.evaluations:
            if evaluation.held_out:
                for key in sides(evaluation.trained, evaluation.rows):
                    found.setdefault(key, []).append(evaluation)
    return found


def reported_elsewhere(flow: Flow, parting: Parting, group: str = "") -> bool:
    """Whether this split only serves validation: the same rows' final score is parted in another way.

    A random split of the ids in ``group`` is another way.
    """
    ids = frozenset({group})
    others = [p for p in flow.of(Parting) if p.key != parting.key and p.how is How.RANDOM and p.only != ids]
    random_keys = {parting.key, *(p.key for p in others)}
    return any(
        e.held_out
        and e.kind is EvaluationKind.METRIC
        and e.trained
        and any(a.root == b.root for a in e.rows for b in parting.rows)
        and not random_keys & sides(e.trained, e.rows).keys()
        and bool(sides(e.trained, e.rows))
        for e in flow.evaluations
    )


__all__ = [
    "How",
    "Parting",
    "chosen",
    "cross_call",
    "cut",
    "folds_call",
    "reported_elsewhere",
    "scored_apart",
    "sides",
    "split_call",
    "splitter",
]
