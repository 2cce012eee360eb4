"""Subscripts and attributes of tables, and what is stored through them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from cst_tools.flow import (
    augmentation,
    choosing,
    claims,
    column_sets,
    derivation,
    groups,
    hand_folds,
    lineage,
    overlap,
    parting,
    selection,
    timing,
    vocabularies,
)
from cst_tools.flow.classes import find_method
from cst_tools.flow.columns import are_names, constant_names, integer, positions, text_of, unsure, with_names
from cst_tools.flow.libraries import Act
from cst_tools.flow.names import role_of_name
from cst_tools.flow.row_sets import extend, select_rows, slice_rows
from cst_tools.flow.scores import NO_SCORES, scores_of
from cst_tools.flow.statistics import VECTOR, stored
from cst_tools.flow.values import (
    NO_CONSTANT,
    UNKNOWN,
    Estimator,
    Instance,
    Kind,
    Learns,
    Value,
    flatten,
    join,
    merged,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


_PLAIN = frozenset(
    [
        "values",
        "T",
        "iat",
        "at",
        "str",
        "dt",
        "cat",
        "size",
        "ndim",
        "data",
        "plot",
        "flat",
        "real",
        "dtype",
        "dtypes",
        "empty",
    ]
)


_SIDE_OF_ROLE = {"train": 0, "validation": 1, "test": 2}


def subscript(m: Interpreter, node: ast.Subscript) -> Value:
    owner = m.evaluate(node.value)
    if owner.name == hand_folds.PIECES:
        return owner if isinstance(node.slice, ast.Slice) else hand_folds.piece(owner)
    if owner.scores and owner.kind in (Kind.UNKNOWN, Kind.RESIDUAL):
        return choosing.element(m, owner, node)
    if owner.kind is Kind.ACCESSOR and owner.owner is not None:
        return _located(m, owner.owner, node, by_label=owner.name == "loc")
    if owner.kind in (Kind.DATA, Kind.ROWS, Kind.RESIDUAL):
        if owner.name == groups.GROUPED and not isinstance(node.slice, ast.Slice):
            owner = groups.narrow(owner, m.evaluate(node.slice))
        return _table_subscript(m, owner, node)
    if owner.kind is Kind.GROUPS:
        return groups.select(owner, m.evaluate(node.slice))
    index = UNKNOWN if isinstance(node.slice, ast.Slice) else m.evaluate(node.slice)
    if owner.kind is Kind.SEQUENCE:
        if (
            index.kind is Kind.CONST
            and isinstance(index.const, int)
            and -len(owner.items) <= index.const < len(owner.items)
        ):
            return choosing.item(m, node, owner, index, owner.items[index.const])
        if isinstance(node.slice, ast.Slice):
            low, high = integer(m, node.slice.lower), integer(m, node.slice.upper)
            step = integer(m, node.slice.step)
            if low is not NO_CONSTANT and high is not NO_CONSTANT and step is not NO_CONSTANT and step != 0:
                items = owner.items[low:high:step]
                const = owner.const[low:high:step] if isinstance(owner.const, tuple) else NO_CONSTANT
                return replace(owner, items=items, const=const)
            whole = merged(list(owner.items))
            return slice_rows(m, whole, node.slice) if whole.rows else owner
        if index.kind is Kind.ROWS:
            whole = merged(list(owner.items))
            return select_rows(whole, index)
        return choosing.item(m, node, owner, index, _any_item(owner))
    if owner.kind is Kind.MAPPING:
        known = index.kind is Kind.CONST and index.const is not NO_CONSTANT
        return choosing.item(m, node, owner, index, look_up(owner, index.const) if known else _any_item(owner))
    if owner.kind is Kind.NAMES:
        if isinstance(node.slice, ast.Slice):
            selected = positions(m, replace(owner, kind=Kind.DATA), node.slice, m.place(node))
            return replace(selected, kind=Kind.NAMES)
        if index.kind is Kind.NAMES:
            return index
        if owner.columns is not None and column_sets.is_position(index):
            selected = positions(m, replace(owner, kind=Kind.DATA), node.slice, m.place(node))
            return selection.influenced(replace(selected, kind=Kind.NAMES), index)
        return selection.influenced(replace(owner, columns=unsure(owner.columns)), index)
    state = m.heap.get(owner.ref) if owner.ref is not None else None
    if isinstance(state, Instance):
        method = find_method(m, state.definition, "__getitem__")
        if method is not None:
            return m.call_function(method, [owner, index], {})
    if owner.kind is Kind.STATISTIC:
        if owner.name == vocabularies.VOCABULARY and not isinstance(node.slice, ast.Slice):
            return vocabularies.look_up(m, owner, index)
        return selection.influenced(selection.narrow(owner, index), index)
    if owner.kind is Kind.ESTIMATOR:
        fits = state.fits if isinstance(state, Estimator) and state.spec.act is Act.LEARN_ON_MAKING else frozenset()
        if not fits:
            return owner
        vector = Value(Kind.STATISTIC, learned=fits, name=VECTOR)
        return vocabularies.look_up(m, vector, index) if index.kind is Kind.DATA else vector
    if owner.name == "shape" and owner.owner is not None and index.kind is Kind.CONST and index.const == 0:
        return Value(name="length", owner=owner.owner)
    if owner.kind is Kind.UNKNOWN and owner.rows:
        return owner
    if owner.kind is Kind.LIBRARY and owner.name.endswith((".c_", ".r_")):
        return _side_by_side(index, one_below_the_other=owner.name.endswith("r_"))
    return choosing.item(m, node, owner, index, UNKNOWN)


def _side_by_side(items: Value, *, one_below_the_other: bool) -> Value:
    """``np.c_[a, b]``: predictions only where all of it is."""
    parts = [v for v in flatten(items) if v.rows]
    whole = merged(parts)
    models = whole.models if all(v.models for v in parts) else frozenset()
    columns = None if one_below_the_other else column_sets.united(parts)
    return replace(whole, models=models, columns=columns, concatenated=one_below_the_other and len(whole.rows) > 1)


def _any_item(owner: Value) -> Value:
    result = UNKNOWN
    for item in owner.items[:6]:
        result = join(result, item)
    return result


def look_up(owner: Value, key: Any) -> Value:
    for known, item in zip(reversed(owner.keys), reversed(owner.items), strict=False):
        if known is not NO_CONSTANT and known == key and type(known) is type(key):
            return item
    return UNKNOWN


def _table_subscript(m: Interpreter, owner: Value, node: ast.Subscript) -> Value:
    index = node.slice
    if isinstance(index, ast.Slice):
        return slice_rows(m, owner, index)
    if isinstance(index, ast.Tuple) and index.elts:
        if timing.is_patch(m, index):
            return replace(owner, columns=None)
        if any(isinstance(e, ast.Slice) and e.step is not None and text_of(e.step) == "-1" for e in index.elts[1:]):
            owner = augmentation.changed(m, node, owner, "mirrored copies")
        rows = _select(m, owner, index.elts[0], rows_only=True)
        return positions(m, rows, index.elts[1], m.place(index)) if len(index.elts) > 1 else rows
    return _select(m, owner, index, rows_only=False)


def _located(m: Interpreter, owner: Value, node: ast.Subscript, *, by_label: bool) -> Value:
    """``df.loc[rows, columns]`` and ``df.iloc[rows, columns]``."""
    index = node.slice
    if isinstance(index, ast.Tuple) and len(index.elts) == 2:
        first = index.elts[0]
        if isinstance(first, ast.Slice):
            rows = slice_rows(m, owner, first, by_label=by_label)
        else:
            rows = _select(m, owner, first, rows_only=True)
        return positions(m, rows, index.elts[1], m.place(index))
    if isinstance(index, ast.Slice):
        return slice_rows(m, owner, index, by_label=by_label)
    if by_label and owner.concatenated and isinstance(index, ast.Constant) and isinstance(index.value, str):
        return replace(owner, rows=extend(m, owner.rows, f"label {index.value!r}", 0, node))  # a key of ``concat``
    return _select(m, owner, index, rows_only=True)


def _select(m: Interpreter, owner: Value, index: ast.expr, *, rows_only: bool) -> Value:
    if isinstance(index, ast.Slice):
        return slice_rows(m, owner, index)
    value = m.evaluate(index)
    owner = selection.pick(m, owner, value)
    if value.kind is Kind.ROWS:
        value = parting.chosen(m, index, owner, value)
        chosen = select_rows(owner, value)
        return replace(chosen, learned=chosen.learned | value.learned) if value.learned else chosen
    if not rows_only:
        if value.kind is Kind.NAMES or constant_names(value) is not None:
            if owner.opaque and value.kind is Kind.CONST and isinstance(value.const, str):
                role = role_of_name(value.const)
                if role is not None:  # data["X_train"] of a call we could not follow
                    rows = extend(m, owner.rows, "by key", _SIDE_OF_ROLE[role], index)
                    return replace(owner, rows=rows, opaque=False, columns=None)
            return with_names(owner, value, m.place(index))
        if value.kind is Kind.CONST and isinstance(value.const, int):
            if owner.items and -len(owner.items) <= value.const < len(owner.items):
                return owner.items[value.const]
            return replace(owner, columns=None)
        if are_names(value):
            return replace(owner, columns=unsure(owner.columns))
    role = role_of_name(text_of(index)) if isinstance(index, ast.Name | ast.Attribute) else None
    if value.kind in (Kind.UNKNOWN, Kind.DATA) and role is not None:
        return replace(owner, rows=extend(m, owner.rows, "by index", _SIDE_OF_ROLE[role], index))
    if value.kind is Kind.DATA and value.rows:
        owner = replace(owner, learned=owner.learned | value.learned, columns=unsure(owner.columns))
        return overlap.chosen_rows(m, owner, value, index)
    if value.kind is Kind.UNKNOWN and isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.Invert):
        return replace(
            owner, rows=extend(m, owner.rows, f"mask {text_of(index.operand)}", 1, index), columns=owner.columns
        )
    if value.kind is Kind.UNKNOWN and isinstance(index, ast.Name) and "mask" in index.id:
        return replace(owner, rows=extend(m, owner.rows, f"mask {index.id}", 0, index))
    return overlap.unsure_rows(m, replace(owner, columns=unsure(owner.columns)), index)


def attribute(m: Interpreter, owner: Value, node: ast.Attribute) -> Value:
    name = node.attr
    if name == "height" and owner.kind is Kind.DATA and owner.columns is not None and owner.columns.frame:
        return Value(name="length", owner=owner)
    if name == "shape" and owner.kind is Kind.DATA:
        return Value(name="shape", owner=owner)
    if name in ("iloc", "loc", "iat", "at", "ix"):
        return Value(Kind.ACCESSOR, owner=owner, name=name)
    if name == "columns":
        return Value(Kind.NAMES, columns=owner.columns)
    if name == "index":
        return Value(Kind.ROWS, rows=owner.rows, learned=owner.learned)
    if name in ("shape", "dtypes", "dtype", "size", "ndim", "empty"):
        return UNKNOWN
    if name == "frame":
        return owner
    if name in ("target", "labels") and owner.columns is not None and owner.columns.frame:
        return replace(owner, columns=owner.columns.select(frozenset({name}), m.place(node)))
    if name in ("target", "labels", "target_names", "feature_names", "DESCR"):
        return replace(owner, columns=None) if name in ("target", "labels") else UNKNOWN
    if name == "data" and owner.columns is not None and owner.columns.only is None:
        return replace(owner, columns=None)
    if name in ("pvalues", "tvalues") and owner.opaque:
        return selection.of_results(m, owner, node)
    if name == "values":
        return column_sets.array(owner)
    if name == "codes":
        return column_sets.numbers(owner)  # s.cat.codes
    if name in _PLAIN:
        return derivation.changed(owner) if name in ("dt", "str") else owner
    if owner.columns is not None and owner.columns.changed and derivation.sources(owner.columns) is not None:
        return owner  # ``(df.end - df.start).dt.days``
    if owner.kind is Kind.ROWS:
        return owner
    role = role_of_name(name)
    if role is not None and name.endswith("_mask") and owner.kind is Kind.DATA:  # a graph says which nodes train
        rows = extend(m, owner.rows, "by mask", _SIDE_OF_ROLE[role], node)
        for part in rows:
            m.roles.setdefault(part, role)
        return Value(Kind.ROWS, rows=rows)
    if owner.opaque and role is not None:
        rows = extend(m, owner.rows, "by key", _SIDE_OF_ROLE[role], node)
        return replace(owner, rows=rows, opaque=False, columns=None)
    if owner.columns is not None and not owner.items:
        return replace(owner, columns=owner.columns.select(frozenset({name}), m.place(node)))
    return replace(owner, columns=None)


def store_subscript(m: Interpreter, target: ast.Subscript, value: Value) -> None:
    """``df["c"] = value``, ``df.loc[rows, "c"] = value``, ``results["a"] = value``, ``items[0] = value``."""
    base = target.value
    located = isinstance(base, ast.Attribute) and base.attr in ("iloc", "loc", "iat", "at")
    if located and isinstance(base, ast.Attribute):
        base = base.value
    owner = m.evaluate(base)
    if not located and owner.kind is not Kind.DATA and vocabularies.stored(m, target, owner, base):
        return
    if owner.kind is Kind.MAPPING:
        key = m.evaluate(target.slice)
        known = key.const if key.kind is Kind.CONST else NO_CONSTANT
        kept = [(k, v) for k, v in zip(owner.keys, owner.items, strict=False) if k is NO_CONSTANT or k != known][:200]
        claims.say(m, target, known, value)
        kept.append((known, value))
        m.assign_to(base, replace(owner, keys=tuple(k for k, _ in kept), items=tuple(v for _, v in kept)))
        return
    if owner.kind is Kind.SEQUENCE:
        if len(owner.items) < 50:
            m.assign_to(base, replace(owner, items=(*owner.items, value), const=NO_CONSTANT))
        return
    held = scores_of(value) if owner.kind is Kind.UNKNOWN or (located and owner.kind is Kind.DATA) else NO_SCORES
    if held and value.kind is not Kind.DATA:
        m.assign_to(base, Value(scores=owner.scores | held))  # an array or table of scores, filled in a loop
        return
    if owner.kind is not Kind.DATA:
        filled = value.kind in (Kind.DATA, Kind.RESIDUAL)
        if owner.kind is Kind.UNKNOWN and value.rows and filled and isinstance(base, ast.Name):
            m.assign_to(base, replace(value, columns=None))  # an array made before the loop, filled inside it
        return
    index = target.slice
    column = index.elts[1] if isinstance(index, ast.Tuple) and len(index.elts) == 2 else (None if located else index)
    columns = owner.columns
    if column is not None and columns is not None and not isinstance(column, ast.Slice):
        names = constant_names(m.evaluate(column))
        if names is not None:
            written = value
            if value.kind is Kind.CONST and isinstance(index, ast.Tuple) and not isinstance(index.elts[0], ast.Slice):
                rows = m.evaluate(index.elts[0])  # ``df.loc[df.days > 30, "late"] = 1``
                written = rows if rows.kind is Kind.ROWS else value
            columns = derivation.store(columns, names, written, m.place(target))
    if value.kind is Kind.DATA:
        chosen = UNKNOWN if column is None or isinstance(column, ast.Slice) else m.evaluate(column)
        named = constant_names(chosen)
        if named:
            learned = lineage.stored_in(owner.learned, value, named, columns)
        else:
            learned = lineage.stored(owner.learned, value, None, columns)
            if chosen.kind is Kind.NAMES:  # one after the other, or some that nobody spelled out
                learned |= frozenset(lineage.about(value, Learns.FUTURE))
    elif value.kind is Kind.STATISTIC:
        rows_index = index.elts[0] if isinstance(index, ast.Tuple) and index.elts else index
        selector = UNKNOWN if isinstance(rows_index, ast.Slice) else m.evaluate(rows_index)
        some = selector.kind is Kind.ROWS or (selector.kind is Kind.DATA and bool(selector.rows))
        learned = owner.learned | stored(m, value, selector) if some else owner.learned
    else:
        learned = owner.learned
    m.assign_to(base, replace(owner, learned=learned, columns=columns))
