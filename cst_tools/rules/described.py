"""Where the end of several scores is only told beside the others: nothing is chosen by it."""

from __future__ import annotations

import ast
import re

from cst_tools.flow.choosing import How, Selection
from cst_tools.flow.scores import Averaged
from cst_tools.flow.values import EvaluationKind, Place, Score
from cst_tools.rules.decision_syntax import fits_inside, is_used, loop_of, trains_further
from cst_tools.rules.rule import Context

_HIGH_IS_GOOD = re.compile(r"acc|f1|fbeta|auc|r2|score|precision|recall|kappa|matthews|jaccard|dice")
_HIGH_IS_BAD = re.compile(r"err|loss|rmse|mse|mae|mape|deviance|hamming")


def averages(context: Context) -> frozenset[Place]:
    """The places of the scores whose mean or spread the program works out."""
    found: frozenset[Place] | None = context.flow.cache.get("averages")
    if found is None:
        found = frozenset(
            s.place for a in context.flow.of(Averaged) for s in a.scores if s.chosen is None and not s.mean
        )
        context.flow.cache["averages"] = found
    return found


def is_description(context: Context, selection: Selection) -> bool:
    """Whether the smallest or largest of the scores is taken to say how far they lie apart, or how bad it gets.

    The best of the scores of several folds, seeds or runs is no choice where their mean is worked out too and nothing
    is done with the best one; the worst one is none either way.
    """
    node = selection.place.node
    if selection.how not in (How.EXTREME, How.POSITION):
        return False
    if _are_groups(context, selection.scores):
        return True
    if _picks_by_key(node):
        return False
    if any(s.mean or s.kind is EvaluationKind.LOG for s in selection.scores):
        return False
    if {s.place for s in selection.scores} <= averages(context):
        number = selection.how is How.EXTREME and not isinstance(node, ast.Subscript)
        return number or not is_used(context, node, of=_variable(node))
    return _is_worst(node, selection.scores) and not is_used(context, node, of=_variable(node))


def _picks_by_key(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and any(k.arg == "key" for k in node.keywords)


def _are_groups(context: Context, scores: frozenset[Score]) -> bool:
    """Whether one and the same model is scored on one group of rows after the other."""
    if len({s.models for s in scores}) != 1 or any(s.cut or s.curve for s in scores):
        return False
    for score in scores:
        loop = loop_of(context, score.place.node)
        if loop is None or fits_inside(loop) or trains_further(loop):
            return False
        inside = set(ast.walk(loop))
        keys = {part.path[-1][0] for part in score.rows if part.path}
        splits = [context.flow.splits[key] for key in keys if key in context.flow.splits]
        if not splits or any(split.node not in inside for split in splits):
            return False
    return True


def _called(node: ast.AST) -> str:
    function = getattr(node, "func", None)
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _argument(node: ast.AST) -> str:
    """What the end is taken of, as it is written."""
    if isinstance(node, ast.Subscript):
        return ast.unparse(node.value)
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute) and not node.args:
        return ast.unparse(node.func.value)
    return ast.unparse(node.args[0]) if node.args else ""


def _variable(node: ast.AST) -> str:
    """The first name in that."""
    return next((n.group() for n in [re.match(r"\w+", _argument(node))] if n), "")


def _is_worst(node: ast.AST, scores: frozenset[Score]) -> bool:
    """``min`` of accuracies, ``max`` of errors, as far as names tell."""
    called, of = _called(node), _argument(node).lower()
    names = [_called(s.place.node).lower() for s in scores]
    if "min" in called:
        return bool(names) and all(map(_HIGH_IS_GOOD.search, names)) and not _HIGH_IS_BAD.search(of) and "-" not in of
    if "max" in called:
        return bool(names) and all(map(_HIGH_IS_BAD.search, names)) and "-" not in of
    return False
