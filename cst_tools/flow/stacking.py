"""Predictions of rows that the predicting model was trained on: what a model on top must not learn from."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow.values import Estimator, Learned, Learns, Value, overlap

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


def in_sample(m: Interpreter, owner: Value, state: Estimator | None, data: Value, node: ast.AST) -> frozenset[Learned]:
    """The lineage of ``owner.predict(data)`` where ``owner`` has seen those rows with their labels."""
    if state is None or owner.ref is None or not state.trained or not overlap(state.trained, data.rows):
        return frozenset()
    made = state.node.func if isinstance(state.node, ast.Call) else None
    what = made.attr if isinstance(made, ast.Attribute) else made.id if isinstance(made, ast.Name) else "model"
    return frozenset({Learned(m.place(node), data.rows, Learns.PREDICTION, what, supervised=True, ref=owner.ref)})
