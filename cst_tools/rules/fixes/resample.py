"""New rows are made from the training rows, after the split."""

from __future__ import annotations

import ast

from cst_tools.rules.edit import Editor
from cst_tools.rules.fixes.facts import in_loop, in_one_cell
from cst_tools.rules.fixes.parts import parting_at
from cst_tools.rules.fixes.variables import read, says_shape_only, scope_of, stored, uses, uses_in_scope, variable
from cst_tools.rules.leak import Leak
from cst_tools.rules.rule import Context
from cst_tools.types import Fix, FixClass

TITLE = "Split first, then resample the training rows"


def resample_below_split(context: Context, leak: Leak) -> Fix | None:
    """``X, y = SMOTE().fit_resample(X, y)`` goes below the split, for the training rows."""
    call, split = leak.learned.node, context.flow.splits.get(leak.split) if leak.split is not None else None
    placed = context.statement_of(call)
    target = context.statement_of(split.node) if split is not None and not split.folds else None
    if (
        placed is None
        or target is None
        or split is None
        or placed[1] is not target[1]
        or not isinstance(call, ast.Call)
    ):
        return None
    statement, body = placed
    if not isinstance(statement, ast.Assign) or statement.value is not call or not isinstance(call.func, ast.Attribute):
        return None
    made = statement.targets[0]
    if call.func.attr not in ("fit_resample", "fit_sample") or not isinstance(made, ast.Tuple) or call.keywords:
        return None
    names = [variable(e) for e in made.elts]
    parting = parting_at(context, body, target[0], split.node)
    if (
        parting is None
        or None in names
        or len(names) != len(call.args)
        or body.index(statement) >= body.index(target[0])
    ):
        return None
    editor = Editor(context)
    parted = {variable(argument): (argument, parts) for argument, parts in parting.tables}
    if not set(names) <= set(parted):
        return None
    between = body[body.index(statement) + 1 : body.index(parting.first)]
    sources = {name for argument in call.args for name, _ in uses(argument)}
    if stored(between) & (sources | set(names) | read(call)):
        return None
    last = parting.last.end_lineno or parting.last.lineno
    for name, argument in zip(names, call.args, strict=True):
        assert name is not None
        same = ast.unparse(argument) == name
        for use in uses_in_scope(context, scope_of(context, statement), name):
            if use.lineno <= statement.lineno or use in {a for a, _ in parted.values()}:
                continue
            if use.lineno > last and isinstance(getattr(use, "ctx", None), ast.Store):
                break
            if not says_shape_only(context, use) or not same or use.lineno < last:
                return None
        if not same:
            editor.replace(parted[name][0], context.source(argument))
    training = [parted[name][1].train for name in names]
    together = ", ".join(training)
    line = f"{together} = {context.source(call.func)}({together})"
    comment = editor.trailing_comment(statement)
    if not editor.delete(statement) or not editor.insert_after(
        parting.last, line + (f"  {comment}" if comment else "")
    ):
        return None
    review = not in_one_cell(context, [statement, parting.first, parting.last]) or in_loop(context, statement)
    return Fix(TITLE, FixClass.REVIEW if review else FixClass.SAFE, editor.edits)
