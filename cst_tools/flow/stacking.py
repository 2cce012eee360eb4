"""Predictions of rows that the predicting model was trained on: what a model on top must not learn from."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cst_tools.flow.values import Estimator, Event, Learned, Learns, Rows, Value, overlap

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


def in_sample(m: Interpreter, owner: Value, state: Estimator | None, data: Value, node: ast.AST) -> frozenset[Learned]:
    """The lineage of ``owner.predict(data)`` where ``owner`` has seen those rows with their labels."""
    if state is None or owner.ref is None or not state.trained or not overlap(state.trained, data.rows):
        return frozenset()
    return frozenset(
        {Learned(m.place(node), data.rows, Learns.PREDICTION, name_of(state), supervised=True, ref=owner.ref)}
    )


@dataclass(frozen=True, slots=True)
class FittedOnPredictions(Event):
    """A model (calibration, meta model) is fitted on what other models predict for the rows."""

    rows: Rows
    trained: Rows
    """The rows the predicting models were trained on."""
    model: int
    inside: str = ""
    """The class of the model that holds the predicting ones, where they were fitted before."""
    members: int = 0


def note_fit(m: Interpreter, owner: Value, state: Estimator, features: Value, rows: Rows, node: ast.AST) -> None:
    """Record a fit on predictions: their own (``features``) or those of a model inside that is fitted already."""
    if owner.ref is None or not rows:
        return
    models, inside = set(features.models), ""
    if not models and state.steps and _is_prefit(m, state):
        models, inside = _inside(m, state), name_of(state)
    trained: Rows = m.model_facts(frozenset(models))[0]
    if trained:
        m.record_event(FittedOnPredictions(m.place(node), rows, trained, owner.ref, inside, len(state.steps)))


def _inside(m: Interpreter, state: Estimator, depth: int = 0) -> set[int]:
    found = set(state.steps)
    for ref in state.steps:
        inner = m.heap.get(ref)
        if isinstance(inner, Estimator) and depth < 3:
            found |= _inside(m, inner, depth + 1)
    return found


def _is_prefit(m: Interpreter, state: Estimator) -> bool:
    """``CalibratedClassifierCV(model, cv="prefit")`` and around a ``FrozenEstimator``."""
    if any(name == "cv" and value.const == "prefit" for name, value in state.arguments):
        return True
    inner = [m.heap.get(ref) for ref in state.steps]
    return any(isinstance(s, Estimator) and name_of(s) == "FrozenEstimator" for s in inner)


def name_of(state: Estimator) -> str:
    """The class that made it."""
    made = state.place.real.func if isinstance(state.place.real, ast.Call) else None
    return made.attr if isinstance(made, ast.Attribute) else made.id if isinstance(made, ast.Name) else "model"
