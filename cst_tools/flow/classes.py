"""Classes of the script: their methods, making and calling their objects."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import calls, choosing, own_models
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.libraries import Act, Spec
from cst_tools.flow.unknown_calls import unknown_call
from cst_tools.flow.values import (
    UNKNOWN,
    Estimator,
    Instance,
    Kind,
    Value,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


def find_method(m: Interpreter, definition: ast.ClassDef, name: str, depth: int = 0) -> ast.FunctionDef | None:
    for statement in definition.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            return statement
    if depth < 4:
        for base in definition.bases:
            value = m.scope.find(base.id) if isinstance(base, ast.Name) else None
            if value is not None and isinstance(value.node, ast.ClassDef) and value.node is not definition:
                found = find_method(m, value.node, name, depth + 1)
                if found is not None:
                    return found
    return None


def decorated(method: ast.FunctionDef, *names: str) -> bool:
    return any(
        (d.id if isinstance(d, ast.Name) else d.attr if isinstance(d, ast.Attribute) else "") in names
        for d in method.decorator_list
    )


def call_super(m: Interpreter, name: str, a: Arguments) -> Value:
    """``super().prepare(X)``: the method of a base class of the class that the running method stands in."""
    running = m.calls[-1] if m.calls else None
    if not isinstance(running, ast.FunctionDef) or not running.args.args:
        return UNKNOWN
    me = m.scope.find(running.args.args[0].arg)
    state = m.heap.get(me.ref) if me is not None and me.ref is not None else None
    if me is None or not isinstance(state, Instance):
        return UNKNOWN
    definition = _defines(m, state.definition, running)
    for base in definition.bases if definition is not None else []:
        value = m.scope.find(base.id) if isinstance(base, ast.Name) else None
        if value is not None and isinstance(value.node, ast.ClassDef):
            method = find_method(m, value.node, name)
            if method is not None:
                return m.call_function(method, [me, *a.positional], a.keywords)
    return UNKNOWN


def _defines(m: Interpreter, definition: ast.ClassDef, method: ast.FunctionDef, depth: int = 0) -> ast.ClassDef | None:
    """The class, among this one and its bases, in whose body ``method`` stands."""
    if any(statement is method for statement in definition.body):
        return definition
    for base in definition.bases if depth < 4 else []:
        value = m.scope.find(base.id) if isinstance(base, ast.Name) else None
        if value is not None and isinstance(value.node, ast.ClassDef):
            found = _defines(m, value.node, method, depth + 1)
            if found is not None:
                return found
    return None


def _is_network(m: Interpreter, definition: ast.ClassDef) -> bool:
    for base in definition.bases:
        text = ast.unparse(base)
        if text.rpartition(".")[2] in ("Module", "LightningModule", "Model", "Layer"):
            return True
    return False


def instantiate(m: Interpreter, definition: ast.ClassDef, a: Arguments) -> Value:
    m.record_followed(definition)
    if _is_network(m, definition):
        return m.new_object(Estimator(Spec(Act.MODEL, evaluation=("validation_data",)), m.place(a.node)))
    instance = m.new_object(Instance(definition))
    constructor = find_method(m, definition, "__init__")
    if constructor is not None:
        m.call_function(constructor, [instance, *a.positional], a.keywords)
    elif instance.ref is not None:
        state = m.heap[instance.ref]
        if isinstance(state, Instance):
            fields = [
                s.target.id for s in definition.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
            ]
            for name, value in [*zip(fields, a.positional, strict=False), *a.keywords.items()]:
                state = state.set(name, value)
            m.heap[instance.ref] = state
    return instance


def call_instance_method(m: Interpreter, owner: Value, state: Instance, name: str, node: ast.Call) -> Value:
    method = find_method(m, state.definition, name)
    a = calls.arguments(m, node)
    if choosing.is_stopper(state.definition.name):
        choosing.patience(m, a)
    if method is not None:
        me = owner
        if decorated(method, "classmethod"):
            me = Value(Kind.CLASS, node=state.definition, name=state.definition.name)
        positional = a.positional if decorated(method, "staticmethod") else [me, *a.positional]
        result = m.call_function(method, positional, a.keywords, node)
        return own_models.called(m, owner, name, a, result)
    if name == "fit_transform":
        fit, transform = find_method(m, state.definition, "fit"), find_method(m, state.definition, "transform")
        if fit is not None and transform is not None:
            m.call_function(fit, [owner, *a.positional], a.keywords)
            return m.call_function(transform, [owner, *a.positional[:1]], {})
    attribute = state.get(name)
    if attribute is not None:
        return calls.call_value(m, attribute, a)
    return unknown_call(m, name, a)


def call_instance(m: Interpreter, callee: Value, state: Instance, a: Arguments) -> Value:
    for name in ("__call__", "forward"):
        method = find_method(m, state.definition, name)
        if method is not None:
            return m.call_function(method, [callee, *a.positional], a.keywords)
    return unknown_call(m, "", a)
