"""Functions of the script: followed where they are called, and at the end where nothing calls them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cst_tools.flow.scopes import Scope
from cst_tools.flow.values import Instance, Kind, Value, join

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

MAX_CALL_DEPTH = 8
LONG_FUNCTION = 60
"""Lines from which on the statements of a function are remembered one by one."""

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_HOME = "_mlestar_scope"


def define(scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
    """Remember that a function, or the methods of a class, belong to a module: their free names are found there."""
    if isinstance(node, ast.ClassDef):
        for inner in node.body:
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                setattr(inner, _HOME, scope)
    else:
        setattr(node, _HOME, scope)


def home_of(function: FunctionNode) -> Scope | None:
    """The module scope that a function was defined in; None for lambdas and functions inside functions."""
    found = getattr(function, _HOME, None)
    return found if isinstance(found, Scope) else None


def call(
    m: Interpreter,
    function: FunctionNode,
    positional: Sequence[Value],
    keywords: dict[str, Value],
    node: ast.Call | None = None,
) -> Value:
    """Follow a function of the script with these arguments and return what it returns."""
    if m.calls.count(function) > 1 or len(m.calls) >= MAX_CALL_DEPTH:
        return merged_unknown([*positional, *keywords.values()])
    home = home_of(function)
    if home is None:
        result, changed = _follow(m, function, positional, keywords, m.scope, node)
    else:
        name = m.place(node).key if node is not None else getattr(function, "name", "")
        token = (tuple(positional), keywords, m.depth)
        result, changed = m.remember(
            name, function, token, lambda: _follow(m, function, positional, keywords, home, node)
        )
    if node is not None and changed:
        # an argument that was changed in place is changed for the caller too
        parameters = _parameters(function)
        offset = len(positional) - len(node.args)
        for index, expression in enumerate(node.args):
            place = index + offset
            if 0 <= place < len(parameters) and parameters[place] in changed:
                m.assign_to(expression, changed[parameters[place]])
    return result


def _parameters(function: FunctionNode) -> list[str]:
    return [a.arg for a in (*function.args.posonlyargs, *function.args.args)]


def _follow(
    m: Interpreter,
    function: FunctionNode,
    positional: Sequence[Value],
    keywords: dict[str, Value],
    parent: Scope,
    node: ast.Call | None,
) -> tuple[Value, dict[str, Value]]:
    """The result, and the parameters that were changed in place with what they are now."""
    m.record_followed(function)
    m.tick(3)
    caller, unit, entry = m.scope, m.unit, m.entry
    scope = m.local_scope(parent, long=_is_long(function))
    if home_of(function) is not None:
        m.enter_unit(parent.unit, node)
    m.calls.append(function)
    try:
        _bind_arguments(m, function, scope, positional, keywords)
        m.scope = scope
        if isinstance(function, ast.Lambda):
            result = m.evaluate(function.body)
        else:
            m.body(function.body)
            result = _returned(scope)
    finally:
        m.scope, m.unit, m.entry = caller, unit, entry
        m.calls.pop()
        m.leave_scope(scope)
    changed = {}
    for name in _parameters(function):
        if name in scope.mutated:
            value = scope.names.get(name)
            if value is not None:
                changed[name] = value
    return result, changed


def _is_long(function: FunctionNode) -> bool:
    return (function.end_lineno or function.lineno) - function.lineno > LONG_FUNCTION


def _bind_arguments(
    m: Interpreter, function: FunctionNode, scope: Scope, positional: Sequence[Value], keywords: dict[str, Value]
) -> None:
    arguments = function.args
    parameters = _parameters(function)
    defaults = arguments.defaults
    for name, default in zip(parameters[len(parameters) - len(defaults) :], defaults, strict=False):
        scope.names[name] = m.evaluate(default)
    for argument, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=False):
        if keyword_default is not None:
            scope.names[argument.arg] = m.evaluate(keyword_default)
    for name, value in zip(parameters, positional, strict=False):
        scope.names[name] = value
    known = {*parameters, *(a.arg for a in arguments.kwonlyargs)}
    extra_keys = tuple(k for k in keywords if k not in known)
    for name, value in keywords.items():
        if name in known:
            scope.names[name] = value
    if arguments.vararg is not None:
        scope.names[arguments.vararg.arg] = Value(Kind.SEQUENCE, items=tuple(positional[len(parameters) :]))
    if arguments.kwarg is not None:
        scope.names[arguments.kwarg.arg] = Value(
            Kind.MAPPING, keys=extra_keys, items=tuple(keywords[k] for k in extra_keys)
        )


def _returned(scope: Scope) -> Value:
    values = [v for v in scope.returned if not (v.kind is Kind.CONST and v.const is None)] or scope.returned
    if not values:
        return Value(Kind.CONST, const=None)
    result = values[0]
    for value in values[1:]:
        result = join(result, value)
    return Value(Kind.SEQUENCE, items=(result,)) if scope.yields else result


def follow_uncalled(m: Interpreter, statements: Iterable[ast.stmt]) -> None:
    """Functions and classes that nothing in the file calls: their callers are elsewhere."""
    for node in statements:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node not in m.followed:
                m.alone(node, lambda node=node: _alone(m, node, []))  # type: ignore[misc]  # bound at once
        elif isinstance(node, ast.ClassDef) and node not in m.followed:
            m.alone(node, lambda node=node: _class_alone(m, node))  # type: ignore[misc]  # bound at once


def _class_alone(m: Interpreter, node: ast.ClassDef) -> None:
    instance = m.new_object(Instance(node))
    methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
    for method in sorted(methods, key=lambda method: method.name != "__init__"):
        if method not in m.followed:
            _alone(m, method, [instance])


def _alone(m: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef, bound: list[Value]) -> None:
    arguments = node.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)][len(bound) :]
    values = list(bound)
    defaults = len(arguments.defaults)
    for index, name in enumerate(names):
        if index >= len(names) - defaults:
            break  # a parameter with a default is an option, not the data
        values.append(m.with_role(name, m.fresh_table(opaque=True), node))
    call(m, node, values, {})


def merged_unknown(values: Sequence[Value]) -> Value:
    """What an unknown call may return for these arguments: something with their rows."""
    data = [v for v in values if v.kind is Kind.DATA and v.rows]
    if not data:
        return Value()
    first = data[0]
    return Value(
        Kind.DATA,
        rows=first.rows,
        learned=frozenset().union(*(v.learned for v in data)),
        models=frozenset().union(*(v.models for v in data)),
        opaque=True,
        concatenated=first.concatenated,
    )
