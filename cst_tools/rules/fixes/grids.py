"""A search's parameter names, for an estimator that became a step of a pipeline."""

from __future__ import annotations

import ast

from cst_tools.rules.edit import Editor
from cst_tools.rules.fixes.variables import stores_of, uses_in_scope, variable
from cst_tools.rules.rule import Context

_KEYWORDS = ("param_grid", "param_distributions", "search_spaces", "param_space")


def prefix_names(context: Context, editor: Editor, scope: ast.AST, search: ast.Call, step: str) -> bool:
    """Write ``step__C`` for ``C`` in the search's literal parameters; False where they are not literal."""
    given = next((k.value for k in search.keywords if k.arg in _KEYWORDS), None)
    if given is None and len(search.args) > 1:
        given = search.args[1]
    if given is None:
        return False
    name = variable(given)
    if name is not None:
        stores = stores_of(context, scope, name)
        loads = [u for u in uses_in_scope(context, scope, name) if isinstance(getattr(u, "ctx", None), ast.Load)]
        above = context.parents.get(stores[0]) if len(stores) == 1 else None
        if not isinstance(above, ast.Assign) or len(loads) != 1:
            return False
        given = above.value
    return _prefix(context, editor, given, step)


def _prefix(context: Context, editor: Editor, given: ast.expr, step: str) -> bool:
    if isinstance(given, ast.List | ast.Tuple):
        return all(_prefix(context, editor, element, step) for element in given.elts)
    if isinstance(given, ast.Dict):
        for key in given.keys:
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                return False
            text = context.source(key)
            if text[:1] not in "'\"":
                return False
            quote = text[:3] if text[:3] in ("'''", '"""') else text[:1]
            editor.replace(key, f"{quote}{step}__{text[len(quote) :]}")
        return True
    if isinstance(given, ast.Call) and isinstance(given.func, ast.Name) and given.func.id == "dict" and not given.args:
        for keyword in given.keywords:
            if keyword.arg is None:
                return False
            editor.replace(keyword, f"{step}__{context.source(keyword)}")
        return True
    return False
