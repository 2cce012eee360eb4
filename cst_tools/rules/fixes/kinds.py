"""Whether an expression is a table of pandas or an array, as far as the text says it."""

from __future__ import annotations

import ast
import enum

from cst_tools.rules.fixes.variables import uses_in_scope, variable
from cst_tools.rules.rule import Context

_READERS = ("read_csv", "read_parquet", "read_excel", "read_table", "read_json", "read_sql", "DataFrame", "Series")
_FRAME = frozenset({"drop", "dropna", "select_dtypes", "assign", "join", "merge", "concat", "get_dummies", "pop"})
_KEEP = frozenset({"astype", "fillna", "copy", "clip", "replace", "map", "reset_index", "sample", "rename", "head"})
_ARRAY = frozenset(
    ["array", "asarray", "load", "loadtxt", "genfromtxt", "to_numpy", "values", "vstack", "hstack", "stack", "normal"]
)
_ARRAY_CALLS = frozenset({"fit_transform", "transform", "fit_resample", "concatenate", "reshape", "zeros", "ones"})


class Kind(enum.Enum):
    FRAME = "frame"
    ARRAY = "array"
    UNKNOWN = "unknown"


def kind_of(context: Context, scope: ast.AST, node: ast.expr, before: int, depth: int = 0) -> Kind:
    """The kind of an expression that stands above line ``before``."""
    if depth > 6:
        return Kind.UNKNOWN
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _READERS or name in _FRAME:
            return Kind.FRAME
        if name in _ARRAY or name in _ARRAY_CALLS:
            return Kind.ARRAY
        if name in _KEEP and isinstance(node.func, ast.Attribute):
            return kind_of(context, scope, node.func.value, before, depth + 1)
        return Kind.UNKNOWN
    if isinstance(node, ast.Attribute) and variable(node) is None:
        if node.attr in ("values", "data", "target"):
            return Kind.ARRAY if node.attr == "values" else Kind.UNKNOWN
        return kind_of(context, scope, node.value, before, depth + 1)
    if isinstance(node, ast.Subscript):
        inner = node.value
        if isinstance(inner, ast.Attribute) and inner.attr in ("iloc", "loc"):
            return Kind.FRAME
        return kind_of(context, scope, inner, before, depth + 1)
    if isinstance(node, ast.BinOp):
        return kind_of(context, scope, node.left, before, depth + 1)
    name_ = variable(node)
    if name_ is None:
        return Kind.UNKNOWN
    stores = [
        use
        for use in uses_in_scope(context, scope, name_)
        if use.lineno < before and isinstance(getattr(use, "ctx", None), ast.Store)
    ]
    return _assigned(context, scope, stores[-1], depth) if stores else Kind.UNKNOWN


def _assigned(context: Context, scope: ast.AST, target: ast.expr, depth: int) -> Kind:
    parent = context.parents.get(target)
    value: ast.expr | None = None
    if isinstance(parent, ast.Assign):
        value = parent.value
    elif isinstance(parent, ast.Tuple):
        above = context.parents.get(parent)
        if isinstance(above, ast.Assign) and isinstance(above.value, ast.Tuple):
            position = next(i for i, e in enumerate(parent.elts) if e is target)
            if len(above.value.elts) == len(parent.elts):
                value = above.value.elts[position]
    return Kind.UNKNOWN if value is None else kind_of(context, scope, value, target.lineno, depth + 1)
