"""Methods of tables, arrays, column names, lists and dicts."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cst_tools.flow import expressions, frames
from cst_tools.flow.values import NO_CONSTANT, UNKNOWN, EvaluationKind, Kind, Learned, Learns, Value, merged, replace

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


@dataclass
class Arguments:
    """Evaluated arguments of one call."""

    node: ast.Call
    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)

    def get(self, position: int | None, *names: str) -> Value | None:
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return None

    def expression(self, position: int | None, *names: str) -> ast.expr | None:
        for keyword in self.node.keywords:
            if keyword.arg in names:
                return keyword.value
        if position is not None and position < len(self.node.args):
            return self.node.args[position]
        return None

    def constant(self, name: str, position: int | None = None) -> object:
        value = self.get(position, name)
        return value.const if value is not None and value.kind is Kind.CONST else NO_CONSTANT

    @property
    def values(self) -> list[Value]:
        return [*self.positional, *self.keywords.values()]


STATISTICS = frozenset(
    ["mean", "median", "std", "var", "min", "max", "quantile", "mode", "sem", "skew", "kurt", "idxmax", "ptp"]
)
_KEEP_COLUMNS = frozenset(
    [
        "copy",
        "reset_index",
        "sort_values",
        "sort_index",
        "dropna",
        "fillna",
        "astype",
        "sample",
        "head",
        "tail",
        "drop_duplicates",
        "replace",
        "query",
        "round",
        "clip",
        "infer_objects",
        "convert_dtypes",
        "to_frame",
        "ravel",
        "reshape",
        "flatten",
        "squeeze",
        "to_numpy",
        "tolist",
        "to_list",
        "view",
        "map",
        "apply",
        "applymap",
        "rename_axis",
        "set_axis",
        "reindex",
        "nlargest",
        "nsmallest",
        "where",
        "mask",
        "ffill",
        "bfill",
        "pad",
        "interpolate",
        "values",
        "numpy",
        "cpu",
        "detach",
        "float",
        "long",
        "int",
        "to",
        "double",
        "cuda",
        "values_list",
        "assign",
        "merge",
        "join",
        "append",
        "tolist",
        "transpose",
        "item",
        "byte",
        "half",
        "lower",
        "strip",
        "upper",
        "to_dense",
        "toarray",
        "todense",
        "str",
        "cat_codes",
        "truncate",
        "between_time",
        "at_time",
        "first",
        "last",
        "ne",
        "eq",
    ]
)
_NEW_COLUMNS = frozenset(
    (
        "shift",
        "diff",
        "pct_change",
        "rolling",
        "expanding",
        "ewm",
        "groupby",
        "resample",
        "pivot",
        "melt",
        "unstack",
        "stack",
        "explode",
        "agg",
        "aggregate",
        "transform",
        "cumsum",
        "rank",
        "split",
        "batch",
    )
)
_LOSE_ROWS = frozenset(
    [
        "info",
        "describe",
        "plot",
        "hist",
        "value_counts",
        "unique",
        "nunique",
        "corr",
        "cov",
        "to_csv",
        "to_excel",
        "to_parquet",
        "to_json",
        "to_pickle",
        "boxplot",
        "memory_usage",
        "items",
        "iterrows",
        "keys",
        "isnull_sum",
        "equals",
        "count",
        "head_str",
        "show",
        "print",
        "get_feature_names_out",
        "any",
        "all",
        "dot_plot",
        "crosstab",
        "pivot_table",
    ]
)


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
    if name in _LOSE_ROWS:
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
        names = frames.constant_names(a.positional[0]) if a.positional else None
        if owner.columns is not None and names is not None:
            return replace(owner, columns=owner.columns.drop(names, None))
        return replace(owner, columns=frames.unsure(owner.columns))
    if name in ("eval", "train") and not a.values:
        return owner
    if name == "assign":
        extra = merged([v for v in a.values if v.kind is Kind.DATA])
        return replace(owner, learned=owner.learned | extra.learned)
    if name in ("select_dtypes", "filter", "get", "iloc"):
        return replace(owner, columns=frames.unsure(owner.columns))
    if name in ("append", "join", "merge", "hstack", "vstack"):
        others = [v for v in a.positional[:1] if v.kind in (Kind.DATA, Kind.SEQUENCE)]
        flat = merged([owner, *others])
        if name == "append" and others:
            return replace(flat, concatenated=True, columns=owner.columns)
        return replace(owner, learned=flat.learned)
    if name in _NEW_COLUMNS:
        return replace(owner, columns=None)
    if name in ("add_prefix", "add_suffix"):
        return replace(owner, columns=frames.unsure(owner.columns))
    if name in ("train_test_split",):
        return replace(owner, opaque=True, columns=None)
    if name in _KEEP_COLUMNS:
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
        names = frames.constant_names(selected)
        func = a.node.func
        if isinstance(func, ast.Attribute) and names is not None and owner.columns is not None:
            m.assign_to(func.value, replace(owner, columns=owner.columns.drop(names, None)))
        return frames.with_names(owner, selected, None)
    rows = a.get(None, "index")
    labels = a.get(0, "labels")
    columns = a.get(None, "columns")
    axis = a.constant("axis", 1)
    if rows is None and columns is None and labels is not None and labels.kind is Kind.ROWS:
        rows = labels
    if rows is not None and rows.kind is Kind.ROWS:
        return frames.select_rows(owner, frames.complement(rows))
    if columns is None and axis in (1, "columns"):
        columns = labels
    if columns is None:
        return owner
    names = frames.constant_names(columns)
    if owner.columns is None:
        return owner
    if names is None:
        if columns.kind is Kind.NAMES and columns.columns is not None and columns.columns.sure:
            only = columns.columns.only
            if only is not None:
                return replace(owner, columns=owner.columns.drop(only, m.place(a.node)))
        return replace(owner, columns=frames.unsure(owner.columns))
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
    key = f"{name} {frames.text_of(a.node.args[0])}"
    m.record_split(a.node, key)
    return replace(owner, rows=frozenset(p.child(key, 0) for p in owner.rows))


def _mask(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    if name == "isin" and a.positional and a.positional[0].kind is Kind.ROWS:
        return replace(a.positional[0], kind=Kind.ROWS)
    text = frames.text_of(a.node)
    m.record_split(a.node, text)
    return Value(Kind.ROWS, rows=frozenset(p.child(text, 0) for p in owner.rows))


def _index_difference(owner: Value, a: Arguments) -> Value:
    other = a.positional[0] if a.positional else UNKNOWN
    return frames.complement(other) if other.kind is Kind.ROWS else owner


def _rename(owner: Value, a: Arguments) -> Value:
    mapping = a.get(None, "columns")
    if owner.columns is None or mapping is None or mapping.kind is not Kind.MAPPING:
        return replace(owner, columns=frames.unsure(owner.columns))
    columns = owner.columns
    for old, new in zip(mapping.keys, mapping.items, strict=False):
        if isinstance(old, str) and new.kind is Kind.CONST and isinstance(new.const, str):
            columns = replace(columns.drop(frozenset({old}), columns.site).add(new.const))
        else:
            columns = replace(columns, sure=False)
    return replace(owner, columns=columns)


def call_names_method(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    """Methods of ``df.columns`` and of lists made from it."""
    columns = owner.columns
    if columns is None:
        return owner
    spelled = frames.constant_names(a.positional[0]) if a.positional else None
    if name in ("drop", "difference"):
        if spelled is None:
            return replace(owner, columns=frames.unsure(columns))
        return replace(owner, columns=columns.drop(spelled, m.place(a.node)))
    if name in ("remove", "discard"):
        func = a.node.func
        changed = columns.drop(spelled, None) if spelled is not None else frames.unsure(columns)
        if isinstance(func, ast.Attribute):
            m.assign_to(func.value, replace(owner, columns=changed))
        return UNKNOWN
    if name in ("tolist", "to_list", "copy", "sort", "unique"):
        return owner
    if name == "isin":
        return replace(owner, columns=columns.select(spelled, None) if spelled is not None else frames.unsure(columns))
    if name in ("append", "extend", "insert"):
        return UNKNOWN
    return replace(owner, columns=frames.unsure(columns))


def call_container_method(m: Interpreter, owner: Value, name: str, a: Arguments, base: ast.expr) -> Value:
    """Methods of lists, tuples, sets and dicts."""
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


__all__ = [
    "Arguments",
    "EvaluationKind",
    "call_container_method",
    "call_names_method",
    "call_table_method",
    "fill",
    "statistic",
]
