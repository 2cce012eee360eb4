"""``fit`` of a model: what it is trained on, what it watches meanwhile, whether that stops it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import column_sets, estimators, grouping, parting, picking, scores, stacking
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.libraries import Act, Spec
from cst_tools.flow.values import (
    UNKNOWN,
    Choice,
    Estimator,
    EvaluationKind,
    Kind,
    Learned,
    Rows,
    Value,
    flatten,
    merged,
    overlap,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


WATCHED = "<watched>"
"""Name, no argument can have it, under which a model keeps the rows it was scored on while it was fitted."""


def train(m: Interpreter, owner: Value, a: Arguments) -> Value:
    """``fit`` of a model (or a search, or a pipeline that ends in a model). Returns the rows it scores meanwhile."""
    state = m.estimator(owner)
    if state is None or owner.ref is None:
        return UNKNOWN
    features = estimators.table(a.get(0, "X", "x", "data"))
    target = a.get(1, "y") or UNKNOWN
    rows = features.rows | (target.rows if target.kind is Kind.DATA else frozenset())
    if _continues(state, a):
        rows |= state.trained
    if target is UNKNOWN and len(features.items) > 1:  # Pool(X, y), a data set of both
        features, target = replace(features, columns=features.items[0].columns), features.items[1]
    seen, follows = picking.seen(state, features)
    seen = column_sets.answered(seen, target, _maker(m, owner, state))
    m.record_training(a.node, seen, target, owner.ref, follows)
    stacking.note_fit(m, owner, state, features, rows, a.node)
    watched, argument = _watched(state, a, rows)
    learned = features.learned | target.learned
    if state.spec.evaluation == ("validation_data",):  # a network: layers that were adapted before are part of it
        learned |= m.module.names.get(estimators.ADAPTED, UNKNOWN).learned
    choices: frozenset[Choice] = frozenset()
    how = _stops(m, state, a)
    if watched.rows and how:
        choices = frozenset({m.record_choice(Choice(m.place(a.node), watched.rows, how, argument))})
    if state.spec.act is Act.SEARCH:
        m.add_search_evaluation(a.node, owner, replace(state, trained=rows, learned=learned))
        cv = next((v for k, v in state.arguments if k == "cv"), None)
        parting.cross_call(m, state.place.node, state.place.key, "search", cv, [features, target])
        grouping.handed(m, a)
    fresh = replace(
        state, trained=rows, learned=learned, choices=choices, fits=_unsupervised(m, owner, state, features, a)
    )
    if watched.rows:
        kept = tuple((k, v) for k, v in fresh.arguments if k != WATCHED)
        fresh = replace(fresh, arguments=(*kept, (WATCHED, watched)))
    m.heap[owner.ref] = fresh
    for ref, inner in estimators.steps_of(m, owner.ref)[1:]:
        if inner.spec.act is Act.MODEL:
            m.heap[ref] = replace(inner, trained=rows, learned=learned, choices=choices)
    if watched.rows and state.spec.evaluation == ("validation_data",) and not overlap(rows, watched.rows):
        m.add_evaluation(
            a.node,
            EvaluationKind.LOG,
            watched.rows,
            learned | watched.learned,
            rows,
            models=estimators.models_of(owner),
        )
    return watched


def _unsupervised(m: Interpreter, owner: Value, state: Estimator, features: Value, a: Arguments) -> frozenset[Learned]:
    """Clusters and outlier detectors are models, but what they say becomes a feature or a filter of rows."""
    if state.spec.act is not Act.MODEL or state.spec.learns is None or not features.rows or features.models:
        return state.fits
    func = state.place.real.func if isinstance(state.place.real, ast.Call) else None
    what = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else "clustering"
    learned = Learned(
        m.place(a.node), features.rows, state.spec.learns, what, concatenated=features.concatenated, ref=owner.ref
    )
    return frozenset({m.record_learned(learned)})


def _maker(m: Interpreter, owner: Value, state: Estimator) -> str:
    """The name that the model was made by; of a pipeline, its last step's."""
    steps = estimators.steps_of(m, owner.ref) if owner.ref is not None else []
    node = (steps[-1][1] if steps else state).place.real
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def evaluations_log(m: Interpreter, owner: Value, state: Estimator, node: ast.AST) -> Value:
    """``model.evals_result()``: the scores of each round on the rows it watched."""
    watched = next((v for k, v in state.arguments if k == WATCHED), UNKNOWN)
    models = estimators.models_of(owner)
    return scores.scored(m, Value(name=scores.LOG), node, [watched], kind=EvaluationKind.LOG, models=models)


def _given_when_made(state: Estimator, name: str) -> Value | None:
    return next((v for k, v in state.arguments if k == name and v.rows), None)


def _continues(state: Estimator, a: Arguments) -> bool:
    """Whether this fit goes on from what the model has learned before, as networks and ``partial_fit`` do."""
    called = a.node.func.attr if isinstance(a.node.func, ast.Attribute) else ""
    if called in ("partial_fit", "train_on_batch"):
        return True
    if called == "fit" and state.spec.evaluation == ("validation_data",):
        return True
    return any(name == "warm_start" and value.const is True for name, value in state.arguments)


def _watched(state: Estimator, a: Arguments, trained: Rows) -> tuple[Value, str | None]:
    """Rows scored while fitting, without those it trains on; and the argument that says so."""
    for name in (*state.spec.evaluation, "eval_set", "validation_data", "X_val", "valid_sets"):
        value = (
            a.keywords.get(name)
            or _given_when_made(state, name)
            or next((v for k, v in a.keywords.items() if k.endswith(f"__{name}")), None)
        )
        if value is None:
            continue
        leaves = [v for v in flatten(value) if v.rows and not overlap(v.rows, trained)]
        if leaves:
            return merged(leaves), name
    return UNKNOWN, None


def _stops(m: Interpreter, state: Estimator, a: Arguments) -> str:
    if a.constant("use_best_model") is False or a.constant("patience") == 0:
        return ""
    spec: Spec = state.spec
    for argument in (*spec.stops_with, "early_stopping_rounds", "early_stopping_round"):
        value = a.keywords.get(argument)
        if value is not None and not (value.kind is Kind.CONST and value.const in (None, False, 0)):
            return argument
    callbacks = a.keywords.get("callbacks")
    for leaf in flatten(callbacks) if callbacks is not None else []:
        if leaf.name.startswith("callback "):
            return leaf.name.partition(" ")[2]
    if state.stops_early:
        return state.stops_early
    for ref in state.steps:
        inner = m.heap.get(ref)
        if isinstance(inner, Estimator) and inner.stops_early:
            return inner.stops_early
    return ""
