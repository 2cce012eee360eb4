"""Scores as values: what a metric returned travels through arithmetic, lists, tables and subscripts.

A `Score` rides on the value computed from it. When it decides something (`choosing`), what was decided carries
the score with ``chosen`` set; where that meets rows (a chosen model predicts, a chosen threshold cuts predictions)
it becomes lineage of those rows, a `Learned` of kind ``CHOICE``.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cst_tools.flow.values import (
    NO_ROWS,
    UNKNOWN,
    EvaluationKind,
    Event,
    Kind,
    Learned,
    Learns,
    Place,
    Rows,
    Score,
    Value,
    replace,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cst_tools.flow.arguments import Arguments
    from cst_tools.flow.interpreter import Interpreter

NO_SCORES: frozenset[Score] = frozenset()
LOG = "log of rounds"
"""Name of what a boosted model says of its rounds: first the set, then the metric."""
MEANS = frozenset(
    ["mean", "average", "nanmean", "median", "nanmedian", "fmean", "std", "nanstd", "stdev", "describe", "sem"]
)
_PREDICTED = (Kind.DATA, Kind.RESIDUAL)
_NOT_ROWS = (Kind.UNKNOWN, Kind.RESIDUAL, Kind.CONST, Kind.LIBRARY)


def scored(
    m: Interpreter,
    result: Value,
    node: ast.AST,
    values: Sequence[Value],
    *,
    kind: EvaluationKind = EvaluationKind.METRIC,
    curve: bool = False,
    models: frozenset[int] = frozenset(),
) -> Value:
    """``result`` with the score that ``values`` reached at ``node``."""
    rows: Rows = frozenset().union(*(v.rows for v in values))
    if not rows:
        return result
    models = models.union(*(v.models for v in values))
    cut = any(learned.kind is Learns.CUT for v in values for learned in v.learned)
    score = Score(m.place(node), kind, rows, m.model_facts(models)[0], models, cut, curve)
    return replace(result, scores=result.scores | {score})


def scores_of(value: Value, depth: int = 0) -> frozenset[Score]:
    """The scores of a value and of what it holds."""
    if not value.items or depth > 4:
        return value.scores
    return value.scores.union(*(scores_of(item, depth + 1) for item in value.items))


@dataclass(frozen=True, slots=True)
class Averaged(Event):
    """The mean of scores is taken, or something else that describes all of them."""

    scores: frozenset[Score]


def averaged(m: Interpreter, name: str, known: frozenset[Score], node: ast.AST) -> frozenset[Score]:
    """The scores of what a function called ``name`` makes of ``known``."""
    if name not in MEANS:
        return known
    m.record_event(Averaged(m.place(node), known))
    return frozenset(replace(s, mean=True) for s in known)


def chosen(value: Value, scores: frozenset[Score], place: Place) -> Value:
    """``value`` as picked at ``place`` by ``scores``."""
    picked = frozenset(replace(s, chosen=place) for s in scores)
    if value.kind in (Kind.DATA, Kind.ROWS) and value.rows:
        return replace(value, learned=value.learned | lineage(picked))
    return replace(value, scores=value.scores | picked)


def lineage(scores: frozenset[Score]) -> frozenset[Learned]:
    """What rows take over from something that was chosen."""
    return frozenset(
        Learned(s.chosen, s.rows, Learns.CHOICE, "choice", ref=_one(s.models)) for s in scores if s.chosen is not None
    )


def _one(models: frozenset[int]) -> int | None:
    return next(iter(models)) if len(models) == 1 else None


def influenced(data: Value, by: frozenset[Score]) -> Value:
    """Rows that were made with something chosen."""
    extra = lineage(by) if by else None
    return replace(data, learned=data.learned | extra) if extra else data


def arithmetic(left: Value, right: Value, without: Callable[[Value, Value], Value]) -> Value:
    """Arithmetic of a score with anything; ``without`` does it for sides that carry no scores."""
    both = left.scores | right.scores
    if left.kind in _NOT_ROWS and right.kind in _NOT_ROWS:
        residual = next((v for v in (left, right) if v.kind is Kind.RESIDUAL), None)
        return replace(residual, scores=both) if residual is not None else Value(scores=both)
    number = next((v for v in (left, right) if v.kind is Kind.RESIDUAL and v.scores), None)
    if number is not None and not any(v.models for v in (left, right) if v is not number):
        return replace(number, scores=both)  # divided by a count of rows
    plain = without(replace(left, scores=frozenset()), replace(right, scores=frozenset()))
    if plain.kind is Kind.UNKNOWN:
        return replace(plain, scores=both)
    return influenced(plain, both) if plain.kind is Kind.DATA else plain


def meet(m: Interpreter, node: ast.Compare, left: Value, right: Value) -> tuple[Value, Value]:
    """Both sides of a comparison; predictions that are cut at something chosen or variable know of it."""
    if left.kind in _PREDICTED and left.models and not right.rows:
        left = _cut(m, node, left, right, node.comparators[0])
    elif right.kind in _PREDICTED and right.models and not left.rows:
        right = _cut(m, node, right, left, node.left)
    return left, right


def _cut(m: Interpreter, node: ast.Compare, predictions: Value, at: Value, expression: ast.expr) -> Value:
    if isinstance(expression, ast.UnaryOp):
        expression = expression.operand
    if isinstance(expression, ast.Constant):
        return predictions
    cut = Learned(m.place(node), NO_ROWS, Learns.CUT, "threshold")
    return influenced(replace(predictions, learned=predictions.learned | {cut}), at.scores)


def of_one_class(m: Interpreter, node: ast.Compare) -> tuple[Value, Value] | None:
    """``said[truth == c] == c``, the hits among the rows of one class: the predictions and the labels."""
    picked = node.left
    if not isinstance(picked, ast.Subscript) or not isinstance(picked.value, ast.Name) or len(node.ops) != 1:
        return None
    mask, equal = picked.slice, (ast.Eq, ast.NotEq)
    if not isinstance(mask, ast.Compare) or len(mask.ops) != 1 or not isinstance(mask.left, ast.Name):
        return None
    if not isinstance(mask.ops[0], ast.Eq) or not isinstance(node.ops[0], equal):
        return None
    if ast.dump(mask.comparators[0]) != ast.dump(node.comparators[0]):
        return None
    predictions, labels = m.evaluate(picked.value), m.evaluate(mask.left)
    if not predictions.models or labels.models or not labels.rows:
        return None
    return predictions, labels


def is_by_row(a: Arguments) -> bool:
    """Whether an aggregate is over columns: it leaves one number for each row."""
    axis = a.keywords.get("axis") or a.keywords.get("dim")
    if axis is None:
        return False
    return axis.kind is Kind.SEQUENCE or axis.const in (1, -1, 2)


def verdict(left: Value, right: Value) -> Value | None:
    """The outcome of comparing a score with something that is no rows."""
    if any(v.kind is Kind.RESIDUAL and v.models and not v.scores for v in (left, right)):
        return None  # errors, row by row, are cut at something chosen
    if left.kind in _NOT_ROWS and right.kind in _NOT_ROWS:
        return Value(scores=left.scores | right.scores)
    return None


def gathered(leaves: Sequence[Value]) -> Value | None:
    """A table or array of scores and labels; None when rows are in it."""
    if not any(v.scores for v in leaves) or any(v.kind is Kind.DATA and not v.scores for v in leaves):
        return None
    return Value(scores=frozenset().union(*(v.scores for v in leaves)))


def logged(value: Value, key: object) -> Value:
    """``model.evals_result()["validation_0"]``."""
    about_training = isinstance(key, str) and key.startswith(("train", "learn"))
    return UNKNOWN if about_training else replace(value, name="")


def history(value: Value, key: object) -> Value:
    """``history.history["val_loss"]``: scores on watched rows; other keys are about the training rows."""
    if isinstance(key, str) and not key.startswith(("val", "valid", "test", "eval")):
        return UNKNOWN
    return value
