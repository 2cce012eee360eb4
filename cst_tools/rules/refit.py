"""L110: a transformer fitted again on the rows that are scored."""

from __future__ import annotations

import ast

from cst_tools.flow.values import overlap
from cst_tools.rules.edit import Editor
from cst_tools.rules.leak import Leak
from cst_tools.rules.preprocessing import PreprocessingRule
from cst_tools.rules.rule import Context
from cst_tools.types import Finding, Fix, FixClass


class RefitOnTest(PreprocessingRule):
    """A transformer is fitted on the test rows themselves."""

    code = "L110"
    slug = "refit-on-test"

    def message(self, leak: Leak) -> str:
        line = leak.evaluation.key[0] if leak.evaluation is not None else 0
        return (
            f"`{leak.learned.what}` learns from the test rows scored on line {line}, so they are not transformed as the "
            "training rows were: use `transform` of the object fitted on the training rows."
        )

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        """Use the object that was fitted on the training rows."""
        if not isinstance(place, Leak) or place.evaluation is None:
            return None
        call = place.learned.node
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or len(call.args) != 1:
            return None
        editor = Editor(context)
        fitted = _fitted_on_training(context, place, call.func.value)
        if fitted is None:
            return None
        title = f"Transform with `{fitted}` as fitted on the training rows"
        if call.func.attr == "fit_transform":
            editor.replace(call.func, f"{fitted}.transform")
            return Fix(title, FixClass.SAFE, editor.edits)
        statement = context.statement_of(call)
        if call.func.attr == "fit" and statement is not None and isinstance(statement[0], ast.Expr):
            if not editor.delete(statement[0]):
                return None
            return Fix(title, FixClass.SAFE, editor.edits)
        return None


def _fitted_on_training(context: Context, leak: Leak, refitted: ast.expr) -> str | None:
    """Name of the object of the same kind that was fitted, before, on rows the score's model was trained on."""
    found = None
    for learned in context.flow.learned:
        if leak.evaluation is None or learned.what != leak.learned.what or learned.key >= leak.learned.key:
            continue
        if not overlap(learned.rows, leak.evaluation.trained) or overlap(learned.rows, leak.evaluation.rows):
            continue
        node = learned.node
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            same = isinstance(refitted, ast.Name) and refitted.id == node.func.value.id
            if same or _same_scope(context, node, leak.learned.node):
                found = node.func.value.id
                if same:
                    return found
    return found


def _same_scope(context: Context, a: ast.AST, b: ast.AST) -> bool:
    first, second = context.statement_of(a), context.statement_of(b)
    return first is not None and second is not None and first[1] is second[1]
