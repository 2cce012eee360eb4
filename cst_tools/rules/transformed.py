"""Training rows and scored rows that were not transformed alike."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from cst_tools.flow.overlap import Loaded, Predicted, fits_of, predictions_of, rows_are_sure
from cst_tools.flow.rescaling import BACK, LOGARITHM, Compared, is_rescaled
from cst_tools.flow.values import Evaluation, EvaluationKind, Flow, Learned, Learns, Part, Place, Training, overlap
from cst_tools.rules.edit import Editor
from cst_tools.rules.rule import Context
from cst_tools.types import Fix, FixClass

_CHANGES_VALUES = (Learns.SCALE, Learns.DECOMPOSE)
_FORMULAS = ({"mean", "std"}, {"min", "max"}, {"median", "std"})


@dataclass(frozen=True)
class Mismatch:
    """``missing``: what one side went through and the other did not."""

    place: Place
    message: str
    related: tuple[tuple[str, ast.AST], ...]
    missing: Learned | None = None
    predicted: tuple[Predicted, ...] = ()


def mismatches(context: Context) -> Iterator[Mismatch]:
    """One a fit, for features; one a comparison, for targets."""
    flow = context.flow
    done: set[object] = set()
    for evaluation in flow.evaluations:
        if evaluation.kind is not EvaluationKind.METRIC:
            continue
        for predicted in predictions_of(flow, evaluation.models):
            if not predicted.rows <= evaluation.rows:
                continue
            training = _training(flow, predicted, evaluation)
            if training is None or training.place in done:
                continue
            found = _features(flow, training, predicted, evaluation)
            if found is not None:
                done.add(training.place)
                yield found
    for compared in flow.of(Compared):
        if compared.place not in done:
            found = _targets(flow, compared)
            if found is not None:
                done.add(compared.place)
                yield found


def _training(flow: Flow, predicted: Predicted, evaluation: Evaluation) -> Training | None:
    """The fit whose model predicts: the last one before the score, on the rows that were known when it predicted."""
    fits = [
        t for t in fits_of(flow, predicted.model) if t.order < evaluation.order and t.features.rows <= predicted.trained
    ]
    if not fits or any(t.place is not fits[0].place for t in fits):
        return None
    training = fits[-1]
    if training.features.opaque or not rows_are_sure(training.features.learned) or not rows_are_sure(predicted.learned):
        return None
    if len(fits) > 1 and len({t.features.learned for t in fits}) > 1:
        return None
    return training if _comparable(flow, training, predicted) else None


def _comparable(flow: Flow, training: Training, predicted: Predicted) -> bool:
    """Parts of one table, or two tables that were both read from files."""
    read: set[int] | None = flow.cache.get("tables read")
    if read is None:
        read = flow.cache["tables read"] = {one.root for one in flow.of(Loaded) if "load(" not in one.source}

    def known(part: Part) -> bool:
        return part.root in read or any(part.root == other.root for other in training.features.rows)

    return bool(predicted.rows) and all(known(part) for part in predicted.rows)


def _features(flow: Flow, training: Training, predicted: Predicted, evaluation: Evaluation) -> Mismatch | None:
    if training.features.learned == predicted.learned:
        return None
    fitted = _changes(training.features.learned)
    applied = _changes(predicted.learned)
    if any(overlap(one.rows, predicted.rows) for one in (*fitted, *applied)):
        return None  # fitted on the scored rows too: that is another finding
    for one in sorted(fitted, key=lambda x: x.key):
        if not any(_alike(one, other) for other in applied):
            other_kind = [x for x in applied if x.kind is one.kind]
            return _missing(one, training, predicted, evaluation, other_kind[0] if other_kind else None, flow)
    for one in sorted(applied, key=lambda x: x.key):
        if not any(_alike(one, other) for other in fitted) and overlap(one.rows, training.features.rows):
            message = (
                f"The rows scored here went through `{one.what}`, the training rows of line {training.place.line} did "
                "not: transform both alike."
            )
            related = (("The model is fitted on untransformed rows here.", training.node), ("Fitted here.", one.node))
            return Mismatch(predicted.place, message, related)
    return _formula(training, predicted) or _logarithm(training, predicted)


def _logarithm(training: Training, predicted: Predicted) -> Mismatch | None:
    """``X_train[cols] = np.log1p(X_train[cols])`` and nothing of the kind for the scored rows, or vice versa."""
    features = training.features
    one_side = [
        (x, logged is features.learned)
        for logged, other in ((features.learned, predicted.learned), (predicted.learned, features.learned))
        if not is_rescaled(other, LOGARITHM)
        for x in logged
        if x.kind is Learns.RESCALE and x.what == LOGARITHM
    ]
    if features.rows == predicted.rows or not one_side or predicted.concatenated:
        return None
    first, trained = min(one_side, key=lambda x: x[0].key)
    columns = features.columns
    if first.columns:
        made = {source for _, source, _, _ in columns.derived} if columns is not None else set()
        if columns is None or made & first.columns or not all(columns.holds(name) for name in first.columns):
            return None  # the logarithm is a column of its own, or not among the features
    mine, others = ("training", "scored") if trained else ("scored", "training")
    message = (
        f"The logarithm of the {mine} rows is taken (line {first.place.line}), that of the {others} rows is not: "
        "transform both alike."
    )
    related = (("The logarithm is taken here.", first.node), ("The model is fitted here.", training.node))
    return Mismatch(predicted.place, message, related)


def _changes(learned: frozenset[Learned]) -> list[Learned]:
    return [one for one in learned if one.kind in _CHANGES_VALUES and one.rows]


def _alike(one: Learned, other: Learned) -> bool:
    if one.ref is not None and one.ref == other.ref:
        return True
    return (one.kind, one.what, one.rows) == (other.kind, other.what, other.rows)


def _missing(
    one: Learned, training: Training, predicted: Predicted, evaluation: Evaluation, instead: Learned | None, flow: Flow
) -> Mismatch:
    if instead is None:
        message = (
            f"The model is fitted on rows that `{one.what}` of line {one.place.line} transformed, but these rows "
            f"did not "
            "go through it: apply the same `transform`."
        )
    else:
        message = (
            f"The training rows went through `{one.what}` of line {one.place.line}, these rows through "
            f"`{instead.what}` "
            f"of line {instead.place.line}: apply the same `transform`."
        )
    related = (
        ("The training rows are transformed here.", one.node),
        ("The model is fitted on them here.", training.node),
    )
    same = tuple(
        p
        for p in predictions_of(flow, frozenset({predicted.model}))
        if p.rows == predicted.rows and p.learned == predicted.learned
    )
    return Mismatch(predicted.place, message, related, one if instead is None else None, same)


def _formula(training: Training, predicted: Predicted) -> Mismatch | None:
    """``X_train = (X_train - mean) / std`` and nothing of the kind for the scored rows."""
    rows = training.features.rows
    mine = [x for x in training.features.learned if x.kind is Learns.STATISTIC and x.rows == rows]
    if any(x.kind is Learns.STATISTIC for x in predicted.learned) or rows == predicted.rows:
        return None
    if not any(names <= {x.what for x in mine} for names in _FORMULAS):
        return None
    first = min(mine, key=lambda x: x.key)
    message = (
        f"The training rows were rescaled by their `{first.what}` (line {first.place.line}), these rows were not: "
        f"apply the "
        "same formula with the training statistics."
    )
    related = (("Computed here.", first.node), ("The model is fitted on rescaled rows here.", training.node))
    return Mismatch(predicted.place, message, related)


def _targets(flow: Flow, compared: Compared) -> Mismatch | None:
    """Labels on one scale and predictions on another."""
    fits = [t for model in sorted(compared.models) for t in fits_of(flow, model)]
    if not compared.known or not fits or any(t.place is not fits[0].place for t in fits):
        return None
    training = fits[-1]
    if training.target.opaque or not training.target.rows:
        return None
    logged = is_rescaled(training.target.learned, LOGARITHM)
    labels, back = is_rescaled(compared.labels, LOGARITHM), is_rescaled(compared.predictions, BACK)
    related = (("The model is fitted on the transformed target here.", training.node),)
    if logged and labels == back:
        how = "labels are not" if not labels else "labels are, and the predictions were taken back"
        message = (
            f"The model of line {training.place.line} predicts logarithms; the {how}, so this compares two scales: "
            f"undo "
            "the logarithm in the predictions only."
        )
        return Mismatch(compared.place, message, related)
    if not logged and not any(x.kind is Learns.SCALE for x in training.target.learned):
        return None
    scaled = [x for x in training.target.learned - training.features.learned if x.kind is Learns.SCALE]
    for one in scaled:
        if any(x.kind is Learns.SCALE for x in (*compared.labels, *(compared.predictions - training.features.learned))):
            continue
        message = (
            f"The model of line {training.place.line} predicts values scaled by `{one.what}` of line "
            f"{one.place.line}, the "
            "labels are not scaled: use `inverse_transform` on the predictions."
        )
        return Mismatch(compared.place, message, related)
    return None


def transform_too(context: Context, mismatch: Mismatch) -> Fix | None:
    """``model.predict(scaler.transform(X_test))``: the same object for the scored rows, wherever they are predicted."""
    one = mismatch.missing
    call = one.node if one is not None else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or len(call.args) != 1:
        return None
    transformer, argument = call.func.value, call.args[0]
    made = context.statement_of(call)
    if not isinstance(transformer, ast.Name) or not isinstance(argument, ast.Name) or made is None:
        return None
    if call.func.attr not in ("fit", "fit_transform"):
        return None
    stores = [n for n in context.names.get(transformer.id, []) if isinstance(n.ctx, ast.Store)]
    fits = [
        n
        for n in context.names.get(transformer.id, [])
        if isinstance(holder := context.parents.get(n), ast.Attribute) and holder.attr.startswith(("fit", "partial"))
    ]
    if len(stores) != 1 or len(fits) != 1:
        return None
    editor = Editor(context)
    for predicted in mismatch.predicted:
        node = predicted.place.node
        used = context.statement_of(node)
        if not isinstance(node, ast.Call) or used is None or used[1] is not made[1]:
            return None
        if not node.args or not isinstance(node.args[0], ast.Name):
            return None
        editor.replace(node.args[0], f"{transformer.id}.transform({node.args[0].id})")
    return Fix("Transform the scored rows with the same object", FixClass.SAFE, editor.edits)
