"""Methods of tables, series, arrays, indices and tensors."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cst_tools.flow import expressions
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.columns import constant_names, text_of, unsure, with_names
from cst_tools.flow.method_names import KEEP_COLUMNS, LOSE_ROWS, NEW_COLUMNS, STATISTICS
from cst_tools.flow.row_sets import complement, select_rows
from cst_tools.flow.values import (
    UNKNOWN,
    Kind,
    Learned,
    Learns,
    Value,
    merged,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


def call_table_method(m: Interpreter, owner: Value, name: str, a: Arguments, base: ast.expr) -> Value:
    """A method of a table, series, array, index or tensor."""
    if owner.kind is Kind.RESIDUAL or owner.models:
        result = _residual_method(m, owner, name, a)
        if result is not None:
            return result
    if (
        owner.kind is Kind.ROWS
        and owner.owner is not None
        and name in ("astype", "map", "replace", "to_numpy", "apply")
    ):
        return owner.owner  # a label by threshold, not a selection of rows
    inplace = a.constant("inplace") is True
    result = _table_method(m, owner, name, a)
    if inplace:
        m.assign_to(base, result)
        return Value(Kind.CONST, const=None)
    return result


def _residual_method(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value | None:
    if owner.kind is Kind.RESIDUAL:
        if name in ("mean", "sum", "item", "median"):
            m.record_evaluation(a.node, [owner], owner.models)
        elif name == "backward":
            m.train_by_gradient(owner)
        return owner
    if name == "backward":
        m.train_by_gradient(owner)
        return owner
    if name in ("eq", "ne", "sub", "subtract") and a.positional and a.positional[0].rows and not a.positional[0].models:
        return expressions._residual(owner, a.positional[0])
    if name in STATISTICS or name in ("sum", "argmax"):
        return replace(owner, columns=None)
    return None


def _table_method(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    if name in STATISTICS:
        return statistic(m, owner, name, a, None if name == "quantile" else 0)
    if owner.kind is Kind.ROWS and name in ("all", "any"):
        return owner
    if name in LOSE_ROWS:
        return UNKNOWN
    if name == "sum":
        return UNKNOWN
    if name in ("drop", "pop"):
        return _drop(m, owner, name, a)
    if name in ("sample",):
        return _sample(m, owner, a)
    if name in ("head", "tail"):
        return _head(m, owner, name, a)
    if name in ("fillna",):
        return fill(m, owner, a)
    if name == "interpolate":
        learned = m.record_learned(_learned(m, owner, Learns.IMPUTE, "interpolate", a.node))
        return replace(owner, learned=owner.learned | {learned})
    if name == "clip":
        bounds = [expressions.apply_statistics(m, v) for v in a.values if v.kind is Kind.STATISTIC]
        return replace(owner, learned=owner.learned.union(*bounds))
    if name in ("sub", "div", "subtract", "divide", "mul", "truediv") and a.positional:
        return expressions.binary(m, a.node, owner, a.positional[0], ast.Sub())
    if name in ("isin", "between", "duplicated", "isnull", "isna", "notnull", "notna", "contains", "startswith"):
        return _mask(m, owner, name, a)
    if name == "rename":
        return _rename(owner, a)
    if name == "set_index":
        names = constant_names(a.positional[0]) if a.positional else None
        if owner.columns is not None and names is not None:
            return replace(owner, columns=owner.columns.drop(names, None))
        return replace(owner, columns=unsure(owner.columns))
    if name in ("eval", "train") and not a.values:
        return owner
    if name == "assign":
        extra = merged([v for v in a.values if v.kind is Kind.DATA])
        return replace(owner, learned=owner.learned | extra.learned)
    if name in ("select_dtypes", "filter", "get", "iloc"):
        return replace(owner, columns=unsure(owner.columns))
    if name in ("append", "join", "merge", "hstack", "vstack"):
        others = [v for v in a.positional[:1] if v.kind in (Kind.DATA, Kind.SEQUENCE)]
        flat = merged([owner, *others])
        if name == "append" and others:
            return replace(flat, concatenated=True, columns=owner.columns)
        return replace(owner, learned=flat.learned)
    if name in NEW_COLUMNS:
        return replace(owner, columns=None)
    if name in ("add_prefix", "add_suffix"):
        return replace(owner, columns=unsure(owner.columns))
    if name in ("train_test_split",):
        return replace(owner, opaque=True, columns=None)
    if name in KEEP_COLUMNS:
        extra = merged([v for v in a.values if v.kind is Kind.DATA and v.learned])
        return replace(owner, learned=owner.learned | extra.learned) if extra.learned else owner
    if name in ("difference", "drop", "intersection", "union") and owner.kind is Kind.ROWS:
        return _index_difference(owner, a) if name != "intersection" else owner
    if name == "backward":
        return owner
    return replace(owner, columns=None)


def _learned(m: Interpreter, owner: Value, kind: Learns, what: str, node: ast.expr) -> Learned:
    return Learned(m.place(node), owner.rows, kind, what, concatenated=owner.concatenated)


def statistic(m: Interpreter, owner: Value, name: str, a: Arguments, axis_position: int | None = None) -> Value:
    """``X.mean()``: a number computed from rows; ``axis=1`` stays within each row."""
    axis = a.constant("axis", axis_position)
    if axis in (1, -1, "columns"):
        return replace(owner, columns=None)
    if owner.kind is not Kind.DATA or not owner.rows:
        return UNKNOWN
    learned = _learned(m, owner, Learns.STATISTIC, name, a.node)
    return Value(Kind.STATISTIC, learned=frozenset({learned}), name=name)


def fill(m: Interpreter, owner: Value, a: Arguments) -> Value:
    """``fillna(value)``: learns when the value was computed from rows."""
    given = a.get(0, "value")
    if given is None:
        return owner
    learned = set(owner.learned)
    for value in [given, *given.items]:
        if value.kind is Kind.STATISTIC:
            learned |= expressions.apply_statistics(m, value, Learns.IMPUTE)
    return replace(owner, learned=frozenset(learned))


def _drop(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    if name == "pop":
        selected = a.positional[0] if a.positional else UNKNOWN
        names = constant_names(selected)
        func = a.node.func
        if isinstance(func, ast.Attribute) and names is not None and owner.columns is not None:
            m.assign_to(func.value, replace(owner, columns=owner.columns.drop(names, None)))
        return with_names(owner, selected, None)
    rows = a.get(None, "index")
    labels = a.get(0, "labels")
    columns = a.get(None, "columns")
    axis = a.constant("axis", 1)
    if rows is None and columns is None and labels is not None and labels.kind is Kind.ROWS:
        rows = labels
    if rows is not None and rows.kind is Kind.ROWS:
        return select_rows(owner, complement(rows))
    if columns is None and axis in (1, "columns"):
        columns = labels
    if columns is None:
        return owner
    names = constant_names(columns)
    if owner.columns is None:
        return owner
    if names is None:
        if columns.kind is Kind.NAMES and columns.columns is not None and columns.columns.sure:
            only = columns.columns.only
            if only is not None:
                return replace(owner, columns=owner.columns.drop(only, m.place(a.node)))
        return replace(owner, columns=unsure(owner.columns))
    return replace(owner, columns=owner.columns.drop(names, m.place(a.node)))


def _sample(m: Interpreter, owner: Value, a: Arguments) -> Value:
    fraction = a.constant("frac")
    if fraction in (1, 1.0) or not (a.values):
        return owner
    key = m.record_split(a.node)
    return replace(owner, rows=frozenset(p.child(key, 0) for p in owner.rows))


def _head(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    if not a.node.args:
        return owner
    key = f"{name} {text_of(a.node.args[0])}"
    m.record_split(a.node, key)
    return replace(owner, rows=frozenset(p.child(key, 0) for p in owner.rows))


def _mask(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    if name == "isin" and a.positional and a.positional[0].kind is Kind.ROWS:
        return replace(a.positional[0], kind=Kind.ROWS)
    text = text_of(a.node)
    m.record_split(a.node, text)
    return Value(Kind.ROWS, rows=frozenset(p.child(text, 0) for p in owner.rows))


def _index_difference(owner: Value, a: Arguments) -> Value:
    other = a.positional[0] if a.positional else UNKNOWN
    return complement(other) if other.kind is Kind.ROWS else owner


def _rename(owner: Value, a: Arguments) -> Value:
    mapping = a.get(None, "columns")
    if owner.columns is None or mapping is None or mapping.kind is not Kind.MAPPING:
        return replace(owner, columns=unsure(owner.columns))
    columns = owner.columns
    for old, new in zip(mapping.keys, mapping.items, strict=False):
        if isinstance(old, str) and new.kind is Kind.CONST and isinstance(new.const, str):
            columns = replace(columns.drop(frozenset({old}), columns.site).add(new.const))
        else:
            columns = replace(columns, sure=False)
    return replace(owner, columns=columns)
