"""``fit(pd.concat([train, test]))``: the training table alone is enough."""

from __future__ import annotations

import ast

from cst_tools.rules.edit import Editor
from cst_tools.rules.fixes.variables import subject, uses, variable
from cst_tools.rules.leak import Leak
from cst_tools.rules.rule import Context
from cst_tools.types import Fix, FixClass


def fit_on_first_table(context: Context, leak: Leak) -> Fix | None:
    """Put the training table where both were put together only to be learned from."""
    call = leak.learned.node
    rows = subject(context, call)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr == "fit_transform":
        return None
    if not isinstance(rows, ast.Call) or not rows.args or len(call.args) > 1:
        return None
    name = rows.func.attr if isinstance(rows.func, ast.Attribute) else getattr(rows.func, "id", "")
    tables = rows.args[0]
    if name not in ("concat", "concatenate", "vstack") or not isinstance(tables, ast.List | ast.Tuple):
        return None
    if any(k.arg == "axis" for k in rows.keywords):
        return None
    trained = {
        variable_name
        for training in context.flow.trainings
        if isinstance(training.node, ast.Call)
        for argument in training.node.args[:1]
        for variable_name, _ in uses(argument)
    }
    chosen = [t for t in tables.elts if variable(t) in trained]
    if len(chosen) != 1:
        return None
    editor = Editor(context)
    editor.replace(rows, context.source(chosen[0]))
    return Fix("Fit on the training rows alone", FixClass.SAFE, editor.edits)
