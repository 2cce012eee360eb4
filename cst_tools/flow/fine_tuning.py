"""The trainer of Hugging Face: it is made with a model, settings and data sets, trains, evaluates and predicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cst_tools.flow.arguments import Arguments
from cst_tools.flow.libraries.spec import Spec
from cst_tools.flow.networks import callback, dataset
from cst_tools.flow.scores import scored
from cst_tools.flow.values import UNKNOWN, Choice, Estimator, Kind, Value, merged, overlap, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

_BEST = "load_best_model_at_end"
_ARGUMENTS = ("model", "args", "data_collator", "train_dataset", "eval_dataset")


def settings(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    """``TrainingArguments(..., load_best_model_at_end=True)``"""
    return Value(name=_BEST) if a.constant(_BEST) is True else UNKNOWN


def make(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    """``Trainer(model, args, train_dataset=a, eval_dataset=b)``"""
    _, given, _, training, watched = (a.get(i, n) or UNKNOWN for i, n in enumerate(_ARGUMENTS))
    how = _BEST if given.name == _BEST else callback(a)
    kept = (("training", merged([dataset(m, training)])), ("watched", merged([dataset(m, watched)])))
    return m.new_object(Estimator(spec, m.place(a.node), stops_early=how, arguments=kept))


def call(m: Interpreter, owner: Value, state: Estimator, name: str, a: Arguments) -> Value:
    """``trainer.train()``, ``trainer.evaluate()``, ``trainer.predict(data)``"""
    parts = dict(state.arguments)
    training, watched = parts["training"], parts["watched"]
    if owner.ref is None:
        return UNKNOWN
    models = frozenset({owner.ref})
    if name == "train":
        choices = state.choices
        if state.stops_early and watched.rows and not overlap(watched.rows, training.rows):
            choices |= {m.record_choice(Choice(state.place, watched.rows, state.stops_early, "eval_dataset"))}
        m.heap[owner.ref] = replace(state, trained=training.rows, learned=training.learned, choices=choices)
        return UNKNOWN
    given = merged([dataset(m, a.get(0, "eval_dataset", "test_dataset") or UNKNOWN)])
    data = given if given.rows else watched
    if not data.rows or name not in ("evaluate", "predict"):
        return UNKNOWN
    m.record_evaluation(a.node, [data], models)
    score = scored(m, Value(), a.node, [data], models=models)
    if name == "evaluate":
        return score
    predictions = Value(Kind.DATA, rows=data.rows, learned=data.learned, models=models)
    items = (predictions, Value(Kind.DATA, rows=data.rows), score)
    return Value(Kind.SEQUENCE, items=items, keys=("predictions", "label_ids", "metrics"))
