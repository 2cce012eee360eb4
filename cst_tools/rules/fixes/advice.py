"""What to do by hand where no edit is offered."""

from __future__ import annotations

import ast

from cst_tools.rules.fixes.variables import scope_of
from cst_tools.rules.leak import Leak
from cst_tools.rules.rule import Context
from cst_tools.types import Fix, FixClass


def advice(context: Context, leak: Leak) -> Fix:
    """A fix without edits: its title says what to do."""
    return Fix(_title(context, leak), FixClass.EXPLAIN)


def _title(context: Context, leak: Leak) -> str:
    what = f"`{leak.learned.what}`"
    split = context.flow.splits.get(leak.split) if leak.split is not None else None
    scope = scope_of(context, leak.learned.node)
    helper = scope.name if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef) else None
    apart = helper is not None and (split is None or scope_of(context, split.node) is not scope)
    known = split is not None and context.line(split.node) > leak.learned.place.line
    where = f"the split in {context.where(split.node)}" if split is not None and known else "the split"
    if leak.copied is not None:
        return f"Choose the columns on the training rows, instead of the list in {context.where(leak.copied)}"
    if leak.code == "L110":
        if apart:
            return f"Let `{helper}` return what it fitted, and call its `transform` for the test rows"
        return f"Use what {what} learned on the training rows for the test rows too"
    if leak.code == "L107":
        return f"Fit {what} on the training table, then transform both"
    if leak.code == "L108":
        return f"Do {where} first, then add rows to the training part only"
    if leak.code == "L109":
        return f"Do {where} first, then augment the training rows only"
    if split is not None and split.folds:
        step = "; the names of a search's parameters become `step__name`" if leak.code == "L111" else ""
        return f"Fit {what} inside each fold: put it in front of the model with `make_pipeline`{step}"
    if apart:
        return f"Call `{helper}` below {where} with the training and the test rows, and fit in it on the former only"
    if leak.code == "L106":
        return f"Fit {what} on the training rows below {where}, or encode them out of fold"
    return f"Let {what} learn below {where}, from the training rows only, and apply it to both parts"
