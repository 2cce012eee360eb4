"""What names, attributes and items are bound to, and what a loop takes from a value."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import claims, column_sets, frames, grouping, hand_folds, overlap, timing, vocabularies
from cst_tools.flow.names import role_of_name
from cst_tools.flow.scopes import Scope
from cst_tools.flow.values import (
    HELD_OUT_SIDE,
    NO_CONSTANT,
    TRAIN_SIDE,
    UNKNOWN,
    Instance,
    Kind,
    Value,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

MAX_ITEMS = 5
_SIDES = {"train": TRAIN_SIDE, "validation": HELD_OUT_SIDE, "test": 2}


def bind(m: Interpreter, target: ast.expr, value: Value, source: ast.AST | None = None) -> None:
    if isinstance(target, ast.Name):
        bind_name(m, target.id, value, source or target)
    elif isinstance(target, ast.Tuple | ast.List):
        unpack(m, target.elts, value, source or target)
    elif isinstance(target, ast.Starred):
        m.bind(target.value, value, source)
    elif isinstance(target, ast.Attribute):
        bind_attribute(m, target, value)
    elif isinstance(target, ast.Subscript):
        frames.store_subscript(m, target, value)
    if isinstance(source, ast.Assign):
        grouping.bound(m, target, source.value, value)


def bind_name(m: Interpreter, name: str, value: Value, source: ast.AST) -> None:
    value = m.with_role(name, value, source)
    if value.scores:
        claims.say(m, source, name, value)
    scope = m.module_scope() if name in m.scope.globals_ else m.scope
    scope.names[name] = value
    scope.mutated.discard(name)


def with_role(m: Interpreter, name: str, value: Value, source: ast.AST) -> Value:
    """What the name adds: a role, and, for an opaque value, that it is one part of several."""
    if not value.rows or value.kind not in (Kind.DATA, Kind.ROWS):
        return value
    role = role_of_name(name)
    if role is None:
        return value
    if value.opaque:
        key = m.record_split(source)
        rows = frozenset(p.child(key, _SIDES[role]) for p in value.rows)
        value = replace(value, rows=rows, opaque=False)
    if not value.models:
        for part in value.rows:
            m.roles.setdefault(part, role)
    return value


def bind_attribute(m: Interpreter, target: ast.Attribute, value: Value) -> None:
    owner = m.evaluate(target.value)
    state = m.heap.get(owner.ref) if owner.ref is not None else None
    value = m.with_role(target.attr, value, target)
    if isinstance(state, Instance) and owner.ref is not None:
        m.heap[owner.ref] = state.set(target.attr, value)
    elif owner.kind is Kind.DATA:
        if target.attr == "columns":
            m.assign_to(target.value, column_sets.named(m, owner, value))
        else:
            m.assign_to(target.value, timing.stored_attribute(m, target, owner, value))
    elif (changed := overlap.set_anew(m, owner)) is not None:
        m.assign_to(target.value, changed)


def assign_to(m: Interpreter, expression: ast.expr, value: Value) -> None:
    """The object that ``expression`` names was changed in place: it is ``value`` from now on."""
    if isinstance(expression, ast.Name):
        scope: Scope | None = m.scope
        while scope is not None and expression.id not in scope.names:
            scope = scope.parent
        if scope is None:
            scope = m.scope
        scope.names[expression.id] = value
        scope.mutated.add(expression.id)
    elif isinstance(expression, ast.Attribute):
        owner = m.evaluate(expression.value)
        state = m.heap.get(owner.ref) if owner.ref is not None else None
        if isinstance(state, Instance) and owner.ref is not None:
            m.heap[owner.ref] = state.set(expression.attr, value)
    elif isinstance(expression, ast.Subscript) and isinstance(expression.value, ast.Name | ast.Attribute):
        owner = m.evaluate(expression.value)
        if owner.kind in (Kind.SEQUENCE, Kind.MAPPING):
            frames.store_subscript(m, expression, value)
        elif owner.kind is Kind.DATA:
            m.assign_to(expression.value, replace(owner, learned=owner.learned | value.learned))


def unpack(m: Interpreter, targets: list[ast.expr], value: Value, source: ast.AST) -> None:
    parts: list[Value]
    if value.kind is Kind.SEQUENCE and len(value.items) >= len(targets):
        parts = list(value.items[: len(targets)])
    elif value.kind is Kind.SEQUENCE and any(isinstance(t, ast.Starred) for t in targets):
        parts = [value.items[i] if i < len(value.items) else UNKNOWN for i in range(len(targets))]
    elif value.kind is Kind.DATA and value.rows:
        # (X, y) of one table, or the parts of a wrapper we could not look into
        parts = [replace(value, columns=None, opaque=True)] * len(targets)
        bind_parts(m, targets, value, source)
        return
    else:
        element = m.iterate(value)[:1]
        parts = [element[0] if element else UNKNOWN] * len(targets)
    for target, part in zip(targets, parts, strict=False):
        m.bind(target, part, source)


def bind_parts(m: Interpreter, targets: list[ast.expr], value: Value, source: ast.AST) -> None:
    roles = {role_of_name(t.id) for t in targets if isinstance(t, ast.Name)} - {None}
    marker: ast.AST = source
    for target in targets:
        part = replace(value, columns=None, opaque=len(roles) > 1)
        if isinstance(target, ast.Name) and len(roles) > 1:
            role = role_of_name(target.id)
            if role is not None:
                key = m.record_split(marker)
                rows = frozenset(p.child(key, _SIDES[role]) for p in value.rows)
                part = replace(part, rows=rows, opaque=False)
        m.bind(target, part, marker)


def iterate(m: Interpreter, value: Value) -> list[Value]:
    """The values a loop variable takes; a single representative when there are many or unknown ones."""
    if value.kind is Kind.SEQUENCE:
        items = list(value.items)
        if len(items) > MAX_ITEMS:
            items = items[:MAX_ITEMS]
        return items or [UNKNOWN]
    if value.kind is Kind.MAPPING:
        return [Value(Kind.CONST, const=k) if k is not NO_CONSTANT else UNKNOWN for k in value.keys[:MAX_ITEMS]] or [
            UNKNOWN
        ]
    if value.kind is Kind.CONST and isinstance(value.const, tuple | list):
        return [Value(Kind.CONST, const=c) for c in value.const[:MAX_ITEMS]] or [UNKNOWN]
    if value.name == hand_folds.PIECES:
        return [hand_folds.chunk(value)]
    if value.kind is Kind.DATA:
        if value.items:
            return [Value(Kind.SEQUENCE, items=value.items)]
        return [replace(value, columns=None, name=vocabularies.element_of(value))]
    if value.kind is Kind.NAMES and value.columns is not None:
        return [replace(value, columns=replace(value.columns, sure=False))]
    if value.kind is Kind.STATISTIC:
        return [value]
    if value.kind is Kind.GROUPS and value.owner is not None:
        return [Value(Kind.SEQUENCE, items=(UNKNOWN, value.owner))]
    if value.name == "file" and value.kind is Kind.UNKNOWN:
        return [replace(m.fresh_table(opaque=True), name="element")]
    if value.kind is Kind.ROWS or value.scores or value.name.startswith(timing.POSITION):
        return [value]
    return [UNKNOWN]
