"""Tables that come out of calls nobody can look into: their names say what they are."""

from __future__ import annotations

import ast
import builtins
import re
from typing import TYPE_CHECKING

from cst_tools.flow.values import Kind, Value

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

_FRAME = frozenset(("df", "dataframe"))
_TABLES = frozenset(("data", "dataset", "table"))
_SET = re.compile(r"^(X|Y|x|y|df|data|features|labels|target)(_?(train|test|val|valid|validation|tr|te|dev|holdout))?$")
_NO_TABLES = frozenset(
    ("numpy", "torch", "torchvision", "tensorflow", "keras", "jax", "json", "yaml", "requests", "os", "re", "random",
     "datetime", "time", "copy", "itertools", "collections", "math", "string", "sys", "argparse", "logging")
)  # fmt: skip


def table(m: Interpreter, target: ast.expr, value: Value, call: ast.expr) -> Value:
    """``df = build_features(config)`` of a module that is not there is a table, whatever the function is called.

    So are ``X, y = prepared()`` and the four parts of a split made elsewhere. A name alone says little: what it is
    given must be the result of a call that nothing else is known about.
    """
    if value.kind is not Kind.UNKNOWN or not isinstance(call, ast.Call):
        return value
    if value.name or value.scores or value.learned or value.models or value.rows:
        return value
    if isinstance(target, ast.Tuple | ast.List):
        names = [t.id for t in target.elts if isinstance(t, ast.Name)]
        sets = len(names) == len(target.elts) >= 2 and all(_SET.match(name) for name in names)
        return m.fresh_table(opaque=True) if sets and _plain_function(m, call) else value
    if not isinstance(target, ast.Name):
        return value
    words = target.id.lower().split("_")
    root = _root(call)
    if root is None or root == target.id:
        return value
    if words[0] in _FRAME or words[-1] in _FRAME:
        return m.fresh_table(opaque=True)
    if (target.id in _TABLES or target.id == "X") and _plain_function(m, call):
        return m.fresh_table(opaque=True)
    return value


def _root(call: ast.Call) -> str | None:
    """``a`` in ``a.b(c).d()``."""
    node: ast.expr = call
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _plain_function(m: Interpreter, call: ast.Call) -> bool:
    """A function of the script or of a module that is not one of the libraries, no class and no method of a value."""
    function = call.func
    if isinstance(function, ast.Name):
        return function.id[:1].islower() and not hasattr(builtins, function.id)
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return False
    held = m.scope.find(function.value.id)
    known = held is not None and held.kind is Kind.LIBRARY
    return known and held is not None and held.name.partition(".")[0] not in _NO_TABLES and function.attr.islower()
