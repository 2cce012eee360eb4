"""Logarithms and their inverses, as marks on values, and what a metric was given: labels and predictions apart."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cst_tools.flow.values import NO_ROWS, Event, Kind, Learned, Learns, Rows, Value, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

_LOGARITHMS = ("log", "log1p", "log2", "log10")
_BACK = ("exp", "expm1", "exp2", "power")
LOGARITHM = "logarithm"
BACK = "exponential"


@dataclass(frozen=True, slots=True)
class Compared(Event):
    """Labels are compared with the predictions of models: the lineage of both."""

    models: frozenset[int]
    rows: Rows
    labels: frozenset[Learned]
    predictions: frozenset[Learned]
    known: bool
    """Nothing that cannot be followed was done to either."""


def applied(m: Interpreter, node: ast.AST, name: str, value: Value) -> Value:
    """What ``np.log1p`` and ``np.expm1`` make of a value."""
    if value.kind is not Kind.DATA or name not in (*_LOGARITHMS, *_BACK):
        return value
    kept = frozenset(one for one in value.learned if one.kind is not Learns.RESCALE)
    if name in _BACK and not value.models:
        return replace(value, learned=kept)
    columns = value.columns.only if value.columns is not None and value.columns.only is not None else frozenset()
    mark = Learned(m.place(node), NO_ROWS, Learns.RESCALE, BACK if name in _BACK else LOGARITHM, columns=columns)
    return replace(value, learned=kept | {mark})


def by_function(m: Interpreter, node: ast.AST, function: Value | None, value: Value) -> Value:
    """``y.apply(np.log1p)``"""
    if function is None or function.kind is not Kind.LIBRARY:
        return value
    return applied(m, node, function.name.rpartition(".")[2], value)


def record_comparison(m: Interpreter, node: ast.AST, labels: Sequence[Value], predictions: Sequence[Value],
                      models: frozenset[int]) -> None:  # fmt: skip
    if not labels or not models:
        return
    every = (*labels, *predictions)
    m.record_event(
        Compared(
            m.place(node),
            models,
            frozenset().union(*(v.rows for v in every)),
            frozenset().union(*(v.learned for v in labels)),
            frozenset().union(*(v.learned for v in predictions)),
            not any(v.opaque for v in every),
        )
    )


def is_rescaled(learned: frozenset[Learned], how: str) -> bool:
    return any(one.kind is Learns.RESCALE and one.what == how for one in learned)
