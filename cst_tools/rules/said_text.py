"""Whether a program treats a column as one of categories, which ``get_dummies`` replaces."""

from __future__ import annotations

import ast

from cst_tools.rules.rule import Context

_METHODS = frozenset(("value_counts", "unique", "nunique", "map", "isin", "cat", "str"))
_COUNTED = frozenset(("countplot", "crosstab", "groupby", "catplot"))


def is_text(context: Context, column: str, dummy: str) -> bool:
    """``class`` is counted, grouped by, drawn by colour or compared with a text; no one stores ``class_p``."""
    found = False
    for node in context.nodes:
        if isinstance(node, ast.Subscript):
            name = node.slice.value if isinstance(node.slice, ast.Constant) else None
            if name == dummy and isinstance(node.ctx, ast.Store):
                return False
            found = found or (name == column and _as_text(context, node))
        elif isinstance(node, ast.Attribute):
            found = found or (node.attr == column and _as_text(context, node))
        elif isinstance(node, ast.Call):
            found = found or _counts(node, column)
    return found


def _as_text(context: Context, node: ast.expr) -> bool:
    parent = context.parents.get(node)
    if isinstance(parent, ast.Attribute):
        return parent.attr in _METHODS
    if isinstance(parent, ast.Compare):
        return any(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in (parent.left, *parent.comparators))
    return isinstance(parent, ast.Call) and _called(parent) in _COUNTED


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _counts(node: ast.Call, column: str) -> bool:
    if any(k.arg == "hue" and isinstance(k.value, ast.Constant) and k.value.value == column for k in node.keywords):
        return True
    given = [*node.args, *(k.value for k in node.keywords)]
    return _called(node) in ("countplot", "groupby") and any(
        isinstance(v, ast.Constant) and v.value == column for v in given
    )
