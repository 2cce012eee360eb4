"""Scores of models that are trained by a loop of their own, with ``loss.backward()`` in it."""

from __future__ import annotations

import ast

from cst_tools.flow.descent import Descended
from cst_tools.flow.values import Learns
from cst_tools.rules.row_facts import Seen
from cst_tools.rules.rule import Context

_HITS = ("eq", "accuracy_score", "balanced_accuracy_score", "f1_score", "roc_auc_score", "classification_report")
_ON_PURPOSE = ("overfit", "sanity", "memoriz", "memoris", "next(iter(")
"""Words of programs that see whether a network can learn a few rows by heart."""


def descent_of(context: Context, one: Seen) -> Descended | None:
    """Where the gradient of the scored rows trained the model, if the score is meant as the quality of the model.

    A score inside the training loop is the log of the training, a loss may be without labels, and where a table
    is called test or validation something may be scored that was not followed.
    """
    flow = context.flow
    if one.trainings or any(role in ("test", "validation") for role in flow.roles.values()):
        return None
    if any(learned.kind is Learns.RANDOM for learned in one.evaluation.learned | one.predicted.learned):
        return None
    for descended in reversed(flow.of(Descended)):
        if descended.model != one.predicted.model or one.trained not in descended.rows:
            continue
        if flow.order_of(descended) > one.evaluation.order:
            continue
        if not _counts_hits(one.evaluation.node) or _in_one_loop(context, descended.place.node, one.evaluation.node):
            return None
        text = context.script.text.lower()
        return None if any(word in text for word in _ON_PURPOSE) else descended
    return None


def _counts_hits(node: ast.AST) -> bool:
    """``(predicted == labels).sum()``, ``accuracy_score(...)``: not a loss."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Compare) and isinstance(inner.ops[0], ast.Eq):
            return True
        if isinstance(inner, ast.Call):
            function = inner.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name in _HITS:
                return True
    return False


def _in_one_loop(context: Context, first: ast.AST, second: ast.AST) -> bool:
    def loops(node: ast.AST) -> set[ast.AST]:
        found: set[ast.AST] = set()
        current: ast.AST | None = node
        while current is not None:
            if isinstance(current, ast.For | ast.While):
                found.add(current)
            current = context.parents.get(current)
        return found

    return not loops(first).isdisjoint(loops(second))


def reported(context: Context, node: ast.AST) -> ast.stmt | None:
    """Where a count that is added up in a loop (``hits += ...``) is first read behind the loop."""
    found = context.statement_of(node)
    if found is None or not isinstance(found[0], ast.AugAssign) or not isinstance(found[0].target, ast.Name):
        return None
    name = found[0].target.id
    loop: ast.AST | None = found[0]
    while loop is not None and not isinstance(loop, ast.For | ast.While):
        loop = context.parents.get(loop)
    while isinstance(loop, ast.stmt) and not isinstance(loop, ast.FunctionDef | ast.AsyncFunctionDef):
        around = context.statement_of(loop)
        behind = [s for s in around[1] if s.lineno > (loop.end_lineno or loop.lineno)] if around is not None else []
        for statement in behind:
            if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(statement)):
                return statement
        loop = context.parents.get(loop)
    return None
