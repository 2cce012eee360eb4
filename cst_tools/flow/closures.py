"""Functions made inside functions keep what they saw there: ``def fit(t): m = t.mean(); return lambda u: u - m``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow.values import Kind, Value, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

_MOST = 12
_LARGEST = 400


def capture(m: Interpreter, function: Value) -> Value:
    """The function with the local variables that its body reads, as they are where it is made."""
    if m.scope is m.module or function.node is None:
        return function
    names: dict[str, Value] = {}
    for count, node in enumerate(ast.walk(function.node)):
        if count > _LARGEST or len(names) >= _MOST:
            break
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in names:
            value = m.scope.names.get(node.id)
            if value is not None and value.kind is not Kind.UNKNOWN:
                names[node.id] = value
    return replace(function, keys=tuple(names), items=tuple(names.values())) if names else function


def reopen(m: Interpreter, function: Value) -> None:
    """Make what was captured visible to the call that follows; inside `Interpreter.inner_names`."""
    for name, value in zip(function.keys, function.items, strict=True):
        m.scope.names[name] = value
