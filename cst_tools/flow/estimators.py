"""Estimator objects: making, fitting, transforming, predicting, scoring."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import (
    augmentation,
    choosing,
    fine_tuning,
    lineage,
    networks,
    picking,
    pipelines,
    rescaling,
    scores,
    selection,
    stacking,
    training,
)
from cst_tools.flow import overlap as overlap_facts
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.libraries import Act, Spec
from cst_tools.flow.values import (
    UNKNOWN,
    Estimator,
    EvaluationKind,
    Kind,
    Learned,
    Learns,
    Value,
    flatten,
    merged,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


_PREDICT = frozenset(
    [
        "predict",
        "predict_proba",
        "decision_function",
        "predict_log_proba",
        "predict_classes",
        "score_samples",
        "predict_on_batch",
        "forward",
    ]
)


_FIT = frozenset(
    [
        "fit",
        "partial_fit",
        "adapt",
        "fit_on_texts",
        "fit_on_sequences",
        "train",
        "train_on_batch",
        "build_vocab",
        "finetune",
    ]
)


ADAPTED = "<adapted layers>"
"""Name, no variable can have it, under which the scope keeps what keras layers have learned by ``adapt``."""
_FEATUREWISE = ("featurewise_center", "featurewise_std_normalization", "zca_whitening")
METHODS = (
    _PREDICT
    | _FIT
    | frozenset(["fit_transform", "transform", "score", "evaluate", "fit_predict", "fit_resample", "inverse_transform"])
)


_APPLY = frozenset(
    [
        "transform",
        "texts_to_sequences",
        "texts_to_matrix",
        "inverse_transform",
        "sequences_to_matrix",
        "infer_vector",
        "doc2bow",
        "doc2idx",
        "get_vector",
        "word_vec",
        "get_word_vector",
        "get_sentence_vector",
        "get_mean_vector",
        "fit_sample",
        "sequences_to_texts",
    ]
)


WHOLE = Spec(Act.MODEL, evaluation=("eval_set", "validation_data"))


def make(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    if name.endswith("ImageDataGenerator") and any(a.constant(k) is True for k in _FEATUREWISE):
        spec = replace(spec, learns=Learns.SCALE)
    if name.endswith("Imputer") and a.constant("strategy") == "constant":
        spec = replace(spec, learns=None)
    steps: list[int] = []
    selects = spec.act is Act.COLUMN_TRANSFORMER
    if (
        spec.act in (Act.PIPELINE, Act.COLUMN_TRANSFORMER, Act.SEARCH)
        or spec.wraps is not None
        or spec.act is Act.MODEL
    ):
        sources = a.values
        if spec.act is Act.SEARCH:
            inner = a.get(0, "estimator")
            sources = [inner] if inner is not None else []
        for leaf in (leaf for v in sources for leaf in flatten(v)):
            state = m.estimator(leaf)
            if state is not None and leaf.ref is not None:
                steps.append(leaf.ref)
                selects = selects or state.selects_columns
            elif leaf.kind is Kind.INSTANCE and leaf.ref is not None and spec.act is Act.PIPELINE:
                steps.append(leaf.ref)
                selects = True
            elif (
                leaf.kind is Kind.FUNCTION
                or leaf.kind is Kind.INSTANCE
                or (leaf.kind is Kind.UNKNOWN and spec.act is Act.PIPELINE)
            ):
                selects = selects or spec.act is Act.PIPELINE
    if spec.act is Act.COLUMN_TRANSFORMER and a.constant("remainder") == "passthrough":
        selects = True  # the rest passes through, but some columns may still be dropped by name
    if name.rpartition(".")[2] == "FunctionTransformer":
        selects = True
    stops = ""
    for argument in spec.stops_with:
        value = a.keywords.get(argument)
        if value is not None and not (value.kind is Kind.CONST and value.const in (None, False, 0)):
            stops = argument
    for callback in [leaf for v in [a.keywords.get("callbacks")] if v is not None for leaf in flatten(v)]:
        if callback.name.startswith("callback "):
            stops = callback.name.partition(" ")[2]
    if spec.keeps_best and not stops and a.constant("use_best_model") is not False:
        stops = spec.by_default
    kept = tuple((k, v) for k, v in a.keywords.items() if v.kind in (Kind.CONST, Kind.FOLDS) or k in spec.evaluation)
    picked = frozenset(s for v in a.values for s in scores.scores_of(v) if s.chosen is not None)
    picks = picking.picked(m, spec, a, steps) if selects else None
    made = m.new_object(
        Estimator(
            spec,
            m.place(a.node),
            tuple(steps),
            stops_early=stops,
            selects_columns=selects,
            picks=picks,
            arguments=kept,
        )
    )
    return replace(made, scores=picked) if picked else made


def steps_of(m: Interpreter, ref: int, depth: int = 0) -> list[tuple[int, Estimator]]:
    """The estimator and everything inside it, outermost first."""
    state = m.heap.get(ref)
    if not isinstance(state, Estimator) or depth > 5:
        return []
    found = [(ref, state)]
    for step in state.steps:
        found.extend(steps_of(m, step, depth + 1))
    return found


def _is_model(m: Interpreter, state: Estimator) -> bool:
    if state.spec.act in (Act.MODEL, Act.SEARCH):
        return True
    if state.spec.act is Act.PIPELINE and state.steps:
        last = m.heap.get(state.steps[-1])
        return isinstance(last, Estimator) and last is not state and _is_model(m, last)
    return False


def call_method(m: Interpreter, owner: Value, state: Estimator, name: str, a: Arguments) -> Value:
    if state.spec.act is Act.TRAINER:
        return networks.call_trainer(m, owner, state, name, a)
    if state.spec.act is Act.FINE_TUNER:
        return fine_tuning.call(m, owner, state, name, a)
    if state.spec.act is Act.TUNER:
        return networks.call_tuner(m, owner, state, name, a)
    if state.spec.act is Act.LEARNER:
        return networks.call_learner(m, owner, state, name, a)
    first = a.get(0, "X", "x", "data", "raw_documents", "texts", "y")
    if name in _FIT:
        if name == "train" and first is None:
            return owner
        if _is_model(m, state):
            watched = training.train(m, owner, a)
            if state.spec.evaluation != ("validation_data",):
                return owner
            history = Value(Kind.UNKNOWN, name="history")
            log = EvaluationKind.LOG
            return scores.scored(m, history, a.node, [watched], kind=log, models=models_of(owner))
        data = table(first)
        if first is not None and first.kind is Kind.SEQUENCE and len(data.rows) > 1:
            data = replace(data, concatenated=True)
        learn(m, owner, data, a.get(1, "y") or UNKNOWN, a, add=name == "partial_fit")
        return owner
    if name == "fit_transform":
        data = table(first)
        learn(m, owner, data, a.get(1, "y") or UNKNOWN, a)
        return pipelines.own_steps(m, state, transform(m, owner, data), a)
    if name == "flow" and state.spec.act is Act.TRANSFORMER:
        leaves = [leaf for v in a.values for leaf in flatten(v) if leaf.rows]
        both = merged(leaves)
        flow = replace(both, items=tuple(leaves), learned=both.learned | state.fits, columns=None)
        return augmentation.drawn(m, a.node, flow) if both.rows else flow
    if name in _APPLY:
        return transform(m, owner, table(first))
    if name in ("fit_resample", "fit_sample"):
        return _resample(m, owner, state, a)
    if name in _PREDICT:
        return predict(m, owner, a)
    if name == "fit_predict":
        training.train(m, owner, a)
        return predict(m, owner, a)
    if name in ("score", "evaluate"):
        values = [v for v in a.positional if v.rows] + [
            v for k, v in a.keywords.items() if v.rows and k not in ("sample_weight",)
        ]
        leaves = [leaf for v in values for leaf in flatten(v)]
        if leaves and owner.ref is not None:
            scored = leaves[0]
            leaves = [transform(m, owner, v) if _is_pipeline(state) else v for v in leaves]
            leaves = [scores.influenced(v, owner.scores) for v in leaves]
            m.record_evaluation(a.node, leaves, models_of(owner))
            overlap_facts.record_prediction(m, a.node, owner, scored)
            rescaling.record_comparison(m, a.node, leaves[1:], [], models_of(owner))
            return scores.scored(m, Value(name="score"), a.node, leaves, models=models_of(owner))
        return Value(Kind.UNKNOWN, name="score")
    if name in ("set_params", "compile", "to", "cuda", "cpu", "eval", "float", "double", "set_output", "build", "half"):
        return owner
    if name in selection.ATTRIBUTES:
        return selection.scores_of(m, owner, state, name, a.node) or UNKNOWN
    if name == "get_booster":
        return owner
    if name in ("evals_result", "get_evals_result"):
        return training.evaluations_log(m, owner, state, a.node)
    if name == "get_best_iteration" and state.choices:
        return choosing.best_rounds(owner, state)
    if name in ("load_weights", "load_state_dict", "load_model", "add", "parameters", "state_dict", "save", "summary"):
        return UNKNOWN
    tables = [v for v in a.values if v.kind is Kind.DATA and v.rows]
    if name == "forward" or name.startswith("predict"):
        return predict(m, owner, a)
    if not tables:
        return UNKNOWN
    return overlap_facts.unsure_rows(m, replace(tables[0], opaque=True, columns=None), a.node)


def _is_pipeline(state: Estimator) -> bool:
    return state.spec.act in (Act.PIPELINE, Act.SEARCH)


def table(value: Value | None) -> Value:
    if value is None:
        return UNKNOWN
    return merged([value]) if value.kind in (Kind.SEQUENCE, Kind.MAPPING) else value


def models_of(owner: Value) -> frozenset[int]:
    return frozenset({owner.ref}) if owner.ref is not None else frozenset()


def learn(m: Interpreter, owner: Value, data: Value, target: Value, a: Arguments, *, add: bool = False) -> None:
    """``fit`` of a transformer: each step that learns something does so from ``data``."""
    if owner.ref is None:
        return
    parts = steps_of(m, owner.ref)
    collected: set[Learned] = set()
    for ref, state in parts:
        spec: Spec = state.spec
        if spec.act not in (Act.TRANSFORMER, Act.LEARN_ON_MAKING) or spec.learns is None or not data.rows:
            continue
        func = state.place.real.func if isinstance(state.place.real, ast.Call) else None
        what = (
            func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else "transformer"
        )
        learned = Learned(
            m.place(a.node), data.rows, spec.learns, what,
            spec.supervised and (target.rows != frozenset() or spec.learns is Learns.ENCODE), data.concatenated,
            owner.ref,
            data.columns.only or frozenset() if data.columns is not None else frozenset(),
        )  # fmt: skip
        if data.models:
            continue  # calibrating on predictions is no preprocessing
        collected.add(m.record_learned(learned))
        fits = state.fits | {learned} if add else frozenset({learned})
        m.heap[ref] = replace(state, fits=fits)
    if collected and isinstance(a.node.func, ast.Attribute) and a.node.func.attr == "adapt":
        before = m.module.names.get(ADAPTED, UNKNOWN)
        m.module.names[ADAPTED] = replace(before, learned=before.learned | collected)
    outer = m.heap.get(owner.ref)
    if isinstance(outer, Estimator) and outer.spec.supervised and outer.spec.learns is Learns.DECOMPOSE and target.rows:
        m.record_training(a.node, data, target, owner.ref, follows_columns=True)  # discriminant analysis predicts too
    if isinstance(outer, Estimator):
        fits = outer.fits | collected if add else frozenset(collected)
        m.heap[owner.ref] = replace(outer, fits=fits, learned=data.learned, trained=data.rows)


def transform(m: Interpreter, owner: Value, data: Value) -> Value:
    state = m.estimator(owner)
    if state is None:
        return data
    columns = None if state.selects_columns else data.columns
    if state.spec.learns in (Learns.DECOMPOSE, Learns.SELECT, Learns.TEXT):
        columns = None
    return replace(data, learned=data.learned | state.fits, columns=columns, opaque=False)


def _resample(m: Interpreter, owner: Value, state: Estimator, a: Arguments) -> Value:
    values = [table(v) for v in a.positional[:2]]
    if state.spec.learns is not None and values and values[0].rows:
        learned = m.record_learned(
            Learned(
                m.place(a.node),
                values[0].rows,
                state.spec.learns,
                "resampling",
                True,
                ref=owner.ref,
            )
        )
        values = [replace(v, learned=v.learned | {learned}) for v in values]
    return Value(Kind.SEQUENCE, items=tuple(values))


def predict(m: Interpreter, owner: Value, a: Arguments) -> Value:
    values = [leaf for v in a.positional[:2] for leaf in flatten(v)]
    values += [v for k, v in a.keywords.items() if k in ("X", "x", "data", "texts") and v.rows]
    data = merged(values)
    if not data.rows:
        return UNKNOWN
    state = m.estimator(owner)
    learned = lineage.settled(data)
    overlap_facts.record_prediction(m, a.node, owner, data)
    if state is not None and _is_pipeline(state):
        learned = learned | state.fits
    if state is not None and state.spec.act is Act.MODEL and state.spec.learns is not None:
        learned = learned | state.fits
    learned |= scores.lineage(owner.scores) | stacking.in_sample(m, owner, state, data, a.node)
    return Value(
        Kind.DATA,
        rows=data.rows,
        learned=learned,
        models=data.models | models_of(owner),
        concatenated=data.concatenated,
    )


def call_unknown(m: Interpreter, owner: Value, name: str, a: Arguments, base: ast.expr) -> Value:
    """``fit``/``predict`` of an object that came from somewhere else: some model."""
    if not any(v.rows for v in a.values):
        return owner if name == "fit" and owner.kind is Kind.DATA else UNKNOWN  # ``sm.OLS(y, X).fit()``
    value = m.new_object(Estimator(WHOLE, m.place(a.node)))
    m.assign_to(base, value)
    state = m.estimator(value)
    if state is None:
        return UNKNOWN
    if name in ("transform", "fit_transform", "inverse_transform"):
        data = table(a.get(0, "X", "x"))
        return replace(data, columns=None)
    return call_method(m, value, state, name, a)


def estimator_attribute(m: Interpreter, owner: Value, state: Estimator, node: ast.Attribute) -> Value:
    name = node.attr
    if name in selection.ATTRIBUTES:
        return selection.scores_of(m, owner, state, name, node) or UNKNOWN
    if name in (
        "best_estimator_",
        "best_model_",
        "named_steps",
        "steps",
        "estimator_",
        "estimator",
        "model",
        "booster_",
        "wv",
    ):
        if name == "best_estimator_" and state.spec.act is Act.SEARCH:
            return replace(owner, scores=choosing.searched(m, owner, state, node))
        return owner
    if name in ("dv", "docvecs") and state.trained:  # one vector for each text it was trained on
        return Value(Kind.DATA, rows=state.trained, learned=state.learned | state.fits, name="element")
    if name in ("best_score_", "cv_results_") and state.spec.act is Act.SEARCH:
        m.add_search_evaluation(node, owner, state)
        return UNKNOWN
    if name in choosing.BEST_ROUNDS and state.choices:
        return choosing.best_rounds(owner, state)
    if name in ("evals_result_", "evals_result"):
        return training.evaluations_log(m, owner, state, node)
    if name == "best_params_" and state.spec.act is Act.SEARCH:
        return Value(scores=choosing.searched(m, owner, state, node))
    if name == "vocabulary_" or name.endswith("_"):
        return UNKNOWN
    return UNKNOWN
