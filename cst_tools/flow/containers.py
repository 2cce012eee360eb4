"""Methods of column names, lists, tuples, sets and dicts."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import choosing, column_sets, frames, selection
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.columns import constant_names, unsure
from cst_tools.flow.statistics import ELEMENT
from cst_tools.flow.values import (
    NO_CONSTANT,
    UNKNOWN,
    Kind,
    Value,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


def call_names_method(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    """Methods of ``df.columns`` and of lists made from it."""
    columns = owner.columns
    if columns is None:
        return owner
    spelled = constant_names(a.positional[0]) if a.positional else None
    if name in ("drop", "difference"):
        if spelled is None:
            left = column_sets.without(owner, a.positional[0], m.place(a.node)) if a.positional else None
            return left or replace(owner, columns=unsure(columns))
        return replace(owner, columns=columns.drop(spelled, m.place(a.node)))
    if name in ("remove", "discard"):
        func = a.node.func
        changed = columns.drop(spelled, None) if spelled is not None else unsure(columns)
        if isinstance(func, ast.Attribute):
            left = replace(owner, columns=changed)
            m.assign_to(func.value, selection.influenced(left, a.positional[0]) if a.positional else left)
        return UNKNOWN
    if name in ("tolist", "to_list", "copy", "sort", "unique"):
        return owner
    if name == "isin":
        return replace(owner, columns=columns.select(spelled, None) if spelled is not None else unsure(columns))
    if name == "union" and a.positional and (both := column_sets.added(owner, a.positional[0])) is not None:
        return both
    if name in ("append", "extend", "insert"):
        return UNKNOWN
    return replace(owner, columns=unsure(columns))


def call_container_method(m: Interpreter, owner: Value, name: str, a: Arguments, base: ast.expr) -> Value:
    """Methods of lists, tuples, sets and dicts."""
    if name == "index":
        return choosing.position_of(m, a)
    if name == "sort":
        choosing.ranked_list(m, owner, base, a)
        return UNKNOWN
    if owner.kind is Kind.MAPPING:
        if name == "items":
            pairs = []
            for key, item in zip(owner.keys, owner.items, strict=False):
                known = UNKNOWN if key is NO_CONSTANT else Value(Kind.CONST, const=key)
                pairs.append(Value(Kind.SEQUENCE, items=(known, item)))
            return Value(Kind.SEQUENCE, items=tuple(pairs))
        if name == "values":
            return Value(Kind.SEQUENCE, items=owner.items)
        if name in ("get", "pop") and a.positional:
            return frames.look_up(owner, a.positional[0].const)
        if name == "update" and a.positional and a.positional[0].kind is Kind.MAPPING:
            other = a.positional[0]
            m.assign_to(
                base, replace(owner, keys=(*owner.keys, *other.keys)[:200], items=(*owner.items, *other.items)[:200])
            )
        return UNKNOWN
    const: object = NO_CONSTANT
    if name in ("append", "add") and a.positional:
        items = owner.items if len(owner.items) < 50 else owner.items[:49]
        if a.positional[0].name == ELEMENT:
            a.positional[0] = replace(a.positional[0], name="")  # rows collected in a list are a table again
        if isinstance(owner.const, tuple) and a.positional[0].kind is Kind.CONST:
            const = (*owner.const, a.positional[0].const)[:50]
        m.assign_to(base, replace(owner, items=(*items, a.positional[0]), const=const))
    elif name == "extend" and a.positional:
        items = (*owner.items, *a.positional[0].items)[:200]
        if all(v.kind is Kind.CONST for v in items):
            const = tuple(v.const for v in items)
        extra = (a.positional[0],) if a.positional[0].kind is Kind.DATA else ()
        m.assign_to(base, replace(owner, items=(*items, *extra), const=const))
    elif name == "remove" and a.positional and isinstance(owner.const, tuple):
        kept = tuple(v for v in owner.items if v.const != a.positional[0].const)
        m.assign_to(base, replace(owner, items=kept, const=tuple(v.const for v in kept)))
    elif name == "copy":
        return owner
    elif name == "pop" and owner.items:
        return owner.items[-1]
    return UNKNOWN
