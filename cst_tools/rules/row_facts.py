"""What the rules on scored training rows share: which predictions a score is made of, and what they had seen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from cst_tools.flow.names import role_of_name
from cst_tools.flow.overlap import Predicted, fits_of, predictions_of, rows_are_sure
from cst_tools.flow.relations import Common, Relations
from cst_tools.flow.stacking import FittedOnPredictions
from cst_tools.flow.values import Evaluation, EvaluationKind, Kind, Part, Training
from cst_tools.rules.rule import Context


@dataclass(frozen=True)
class Seen:
    """Rows that are scored though the model was trained on rows of theirs."""

    evaluation: Evaluation
    predicted: Predicted
    trainings: tuple[Training, ...]
    common: Common
    trained: Part
    scored: Part

    @property
    def training(self) -> Training | None:
        """The fit that saw them."""
        return self.trainings[-1] if self.trainings else None


def relations(context: Context) -> Relations:
    found = context.cache.get("relations")
    if not isinstance(found, Relations):
        found = context.cache["relations"] = Relations(context.flow)
    return found


def seen(context: Context) -> tuple[Seen, ...]:
    """All scores of rows that the model had seen, in order; computed once for all rules."""
    found = context.cache.get("seen")
    if not isinstance(found, tuple):
        found = context.cache["seen"] = tuple(_seen(context))
    return found


def _seen(context: Context) -> Iterator[Seen]:
    flow = context.flow
    for evaluation in flow.evaluations:
        if evaluation.kind is not EvaluationKind.METRIC or not rows_are_sure(evaluation.learned):
            continue
        for predicted in predictions_of(flow, evaluation.models):
            if not predicted.rows <= evaluation.rows or flow.order_of(predicted) > evaluation.order:
                continue
            if not _share_tables(context, predicted):
                continue
            found = _related(context, evaluation, predicted)
            if found is not None:
                yield found


def _share_tables(context: Context, predicted: Predicted) -> bool:
    """Whether what the model was trained on has rows in common with what it predicts."""
    if len(predicted.rows) != 1:
        return False  # one of several tables, or several put together: nobody can say which rows count
    files = relations(context).files
    (scored,) = predicted.rows
    root = files.get(scored.root, scored.root)
    return any(
        files.get(part.root, part.root) == root and relations(context).common(part, scored) is not None
        for part in predicted.trained
    )


def _related(context: Context, evaluation: Evaluation, predicted: Predicted) -> Seen | None:
    trainings = tuple(
        t
        for t in fits_of(context.flow, predicted.model)
        if t.features.rows <= predicted.trained and t.order < evaluation.order
    )
    if not rows_are_sure(predicted.learned) or not all(_is_sure(t) for t in trainings):
        return None
    (scored,) = predicted.rows
    best: Seen | None = None
    for trained in sorted(predicted.trained, key=lambda p: (p.root, p.path)):
        common = relations(context).common(trained, scored)
        if common is None or (best is not None and _order(best.common) <= _order(common)):
            continue
        fits = tuple(t for t in trainings if trained in t.features.rows)
        best = Seen(evaluation, predicted, fits or trainings, common, trained, scored)
    return best


def _order(common: Common) -> int:
    return tuple(Common).index(common)


def _is_sure(training: Training) -> bool:
    return (
        rows_are_sure(training.features.learned)
        and rows_are_sure(training.target.learned)
        and not training.features.opaque
    )


def is_supervised(training: Training) -> bool:
    """Whether labels were given: a clustering is scored on what it was fitted on."""
    return bool(training.target.rows) or training.target.kind is not Kind.UNKNOWN or len(training.features.items) > 1


def has_honest_score(context: Context) -> bool:
    """Whether some score of the program is on rows that its model was not trained on."""
    flow = context.flow
    doubtful = {(s.evaluation.place, s.evaluation.order) for s in seen(context)}
    return any(
        e.held_out and e.trained and (e.place, e.order) not in doubtful and not _only_searched(e)
        for e in flow.evaluations
    )


def _only_searched(evaluation: Evaluation) -> bool:
    """A search's own scores, unless the program asks for them."""
    return evaluation.kind is EvaluationKind.SEARCH and not isinstance(evaluation.node, ast.Attribute)


def named_role(evaluation: Evaluation) -> str | None:
    """What the names of the scored tables say: ``train`` when one of them does, else ``test`` or ``validation``."""
    node = evaluation.node
    if not isinstance(node, ast.Call):
        return None
    roles = set()
    for argument in (*node.args, *(k.value for k in node.keywords)):
        for inner in ast.walk(argument):
            if isinstance(inner, ast.Name | ast.Attribute) and not isinstance(inner.ctx, ast.Store):
                roles.add(role_of_name(inner.id if isinstance(inner, ast.Name) else inner.attr))
    return next((role for role in ("train", "test", "validation") if role in roles), None)


def kind_of(context: Context, one: Seen) -> str | None:
    """The code of the rule that reports it."""
    if one.common not in (Common.SAME, Common.WITHIN, Common.AROUND):
        return "L202"
    if one.trained.root != one.scored.root:
        return "L202"  # one file read twice
    if one.common is Common.AROUND:
        return "L204" if _is_test(context, one.scored) and _fitted_on_others_before(context, one) else "L201"
    if one.common is Common.WITHIN:
        if not _is_held_out_part(context, one.trained, one.scored):
            return "L201"
        return "L204" if _fitted_apart_before(context, one) else "L202"
    if not _is_test(context, one.scored):
        return "L201"
    siblings = [p for p in one.predicted.trained if p.root == one.scored.root and p != one.scored]
    if len(siblings) > 0 and not _put_together(one):
        return None  # either of two branches
    if any(one.training is not None and f.place is one.training.place for f in context.flow.of(FittedOnPredictions)):
        return None  # a calibration or a meta model: L304, L306
    return "L204"


def _fitted_on_others_before(context: Context, one: Seen) -> bool:
    """Whether the model had been trained on other rows of the table, and went on with some of the scored ones."""
    training = one.training
    if training is None:
        return False
    before = (t for t in fits_of(context.flow, training.model) if t.order < training.order)
    return any(
        part in one.predicted.trained and part.root == one.scored.root and not part.overlaps(one.scored)
        for t in before
        for part in t.features.rows
    )


def _fitted_apart_before(context: Context, one: Seen) -> bool:
    """Whether the same model had been fitted on the other part alone before it was fitted on everything."""
    training = one.training
    if training is None or training.model is None or one.trained == one.scored:
        return False
    others = (t for t in fits_of(context.flow, training.model) if t.order < training.order)
    return any(
        part.root == one.scored.root and one.trained.strictly_contains(part) and not part.overlaps(one.scored)
        for t in others
        for part in t.features.rows
    )


def _put_together(one: Seen) -> bool:
    """Whether the training rows are several parts because they were concatenated, or trained on in turn."""
    return len({t.features.rows for t in one.trainings}) > 1 or any(
        t.features.concatenated or len(t.features.rows) == 1 for t in one.trainings
    )


def _is_held_out_part(context: Context, trained: Part, scored: Part) -> bool:
    key, side = scored.path[len(trained.path)]
    split = context.flow.splits.get(key)
    role = context.flow.roles.get(scored)
    if split is not None and split.folds:
        return side != 0
    if side != 0 or (split is not None and _is_single_draw(split.node)):
        return role != "train"
    return role in ("test", "validation")


def _is_single_draw(node: ast.AST) -> bool:
    """``df.sample(...)``: what else are a few rows drawn for, when all are trained on?"""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sample"


def _is_test(context: Context, scored: Part) -> bool:
    """Whether the rows are meant to be held out: by their name, or as the second part of a split call."""
    for length in range(len(scored.path), -1, -1):  # a batch of the test rows is test rows
        role = context.flow.roles.get(Part(scored.root, scored.path[:length]))
        if role is not None:
            return role in ("test", "validation")
        key, side = scored.path[length - 1] if length else ("", 0)
        split = context.flow.splits.get(key)
        if split is not None and isinstance(split.node, ast.Call) and not split.folds:
            return side != 0
    return False
