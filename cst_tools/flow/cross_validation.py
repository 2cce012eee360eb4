"""Cross-validation: helpers that score folds, and splitters that yield them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import grouping, parting, picking, scores
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.estimators import WHOLE, models_of, table
from cst_tools.flow.libraries import Spec
from cst_tools.flow.values import (
    HELD_OUT_SIDE,
    TRAIN_SIDE,
    UNKNOWN,
    Estimator,
    EvaluationKind,
    Kind,
    Part,
    Value,
    merged,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


def cross_score(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    predictions = _cross(m, a, record=True)
    return scores.scored(m, Value(name="scores"), a.node, [predictions], kind=EvaluationKind.CROSS_VALIDATION)


def cross_predict(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    return _cross(m, a, record=False)


def _cross(m: Interpreter, a: Arguments, *, record: bool) -> Value:
    model = a.get(0, "estimator") or UNKNOWN
    features, target = table(a.get(1, "X")), a.get(2, "y") or UNKNOWN
    state = m.estimator(model)
    key = m.record_split(a.node, folds=True)
    held_out = frozenset(p.child(key, HELD_OUT_SIDE) for p in features.rows)
    trained = frozenset(p.child(key, TRAIN_SIDE) for p in features.rows)
    parting.cross_call(m, a.node, key, _name(a), a.get(None, "cv"), [features, target])
    grouping.handed(m, a)
    seen, follows = picking.seen(state, features) if state is not None else (features, False)
    m.record_training(a.node, seen, target, model.ref, follows)
    learned = features.learned | target.learned | scores.lineage(model.scores)
    inner = m.new_object(Estimator(WHOLE, m.place(a.node), trained=trained, learned=learned))
    if record:
        models = models_of(inner) | models_of(model)
        m.add_evaluation(a.node, EvaluationKind.CROSS_VALIDATION, held_out, learned, trained, models=models)
    return Value(Kind.DATA, rows=held_out, learned=features.learned, models=models_of(inner))


def cross_train(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    """``xgb.cv(params, data)``, ``lgb.cv(params, data)``, ``catboost.cv(pool, params)``"""
    data = next((v for v in a.values if v.kind is Kind.DATA and v.rows), UNKNOWN)
    if not data.rows:
        return UNKNOWN
    parts = [data.items[0] if data.items else data, data.items[1] if len(data.items) > 1 else UNKNOWN]
    predictions = _cross(m, Arguments(a.node, [UNKNOWN, *parts]), record=True)
    return scores.scored(m, Value(name="scores"), a.node, [predictions], kind=EvaluationKind.CROSS_VALIDATION)


def _name(a: Arguments) -> str:
    function = a.node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def folds_split(m: Interpreter, folds: Value, a: Arguments) -> Value:
    """``kf.split(X, y)``: one representative (train, test) pair of row numbers."""
    data = merged([v for v in a.positional[:1] if v.rows])
    key = m.record_split(a.node, folds=not parting.is_single(folds))
    parting.folds_call(m, key, folds, a)
    rows = data.rows
    if not rows:
        rows = frozenset({Part(m.number())})
    pair = tuple(
        Value(Kind.ROWS, rows=frozenset(p.child(key, side) for p in rows)) for side in (TRAIN_SIDE, HELD_OUT_SIDE)
    )
    return Value(Kind.SEQUENCE, items=(Value(Kind.SEQUENCE, items=pair),))
