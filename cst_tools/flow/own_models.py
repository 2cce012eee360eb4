"""Models that are classes of the script: what ``fit`` was given is what ``predict`` has seen."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow.libraries.spec import Act, Spec
from cst_tools.flow.overlap import record_prediction
from cst_tools.flow.values import Estimator, Instance, Kind, Learns, Value, flatten, replace

if TYPE_CHECKING:
    from cst_tools.flow.arguments import Arguments
    from cst_tools.flow.interpreter import Interpreter

_FITS = frozenset(["fit", "train", "partial_fit"])
_PREDICTS = frozenset(["predict", "predict_proba", "predict_label", "predict_labels", "predict_classes", "classify"])
_MODEL = Spec(Act.MODEL)
_KEPT = "<model>"
"""The attribute of the object under which what it was trained on is kept; no program can spell it."""


def called(m: Interpreter, owner: Value, name: str, a: Arguments, result: Value) -> Value:
    """The result of a method that was followed, where the object is a model: predictions know of it."""
    if name not in _FITS and name not in _PREDICTS:
        return result
    state = m.heap.get(owner.ref) if owner.ref is not None else None
    if not isinstance(state, Instance):
        return result
    if name in _FITS:
        _fitted(m, owner, state, name, a)
        return result
    return _predicted(m, state, a, result)


def _fitted(m: Interpreter, owner: Value, state: Instance, name: str, a: Arguments) -> None:
    features, target = (a.get(i, *names) for i, names in enumerate((("X", "x"), ("y", "Y"))))
    if features is None or target is None or owner.ref is None or not _defines_prediction(state.definition):
        return
    if features.kind is not Kind.DATA or not features.rows or features.models or not target.rows:
        return
    if any(learned.kind is Learns.RANDOM for learned in features.learned):
        return  # a toy, to see that it runs
    if any(m.estimator(v) is not None for key, held in state.attributes if key != _KEPT for v in flatten(held)):
        return  # only wraps a model, which is followed itself
    learned = features.learned | target.learned
    kept = state.get(_KEPT)
    before = m.estimator(kept) if kept is not None else None
    if kept is None or kept.ref is None or before is None:
        kept = m.new_object(Estimator(_MODEL, m.place(a.node), trained=features.rows, learned=learned))
        m.heap[owner.ref] = state.set(_KEPT, kept)
    else:
        rows = features.rows if name == "fit" else features.rows | before.trained
        m.heap[kept.ref] = replace(before, trained=rows, learned=learned)
    m.record_training(a.node, features, target, kept.ref, follows_columns=False)


def _defines_prediction(definition: ast.ClassDef) -> bool:
    return any(isinstance(s, ast.FunctionDef) and s.name in _PREDICTS for s in definition.body)


def _predicted(m: Interpreter, state: Instance, a: Arguments, result: Value) -> Value:
    kept, data = state.get(_KEPT), a.positional[0] if a.positional else None
    if kept is None or kept.ref is None or data is None or data.kind is not Kind.DATA or not data.rows:
        return result
    if result.models or data.models:
        return result
    record_prediction(m, a.node, kept, data)
    return replace(data, models=frozenset({kept.ref}), columns=None, items=())
