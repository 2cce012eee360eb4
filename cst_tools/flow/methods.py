"""Methods of tables, series, arrays, indices and tensors."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from cst_tools.flow import (
    applied,
    column_sets,
    derivation,
    duplicates,
    expressions,
    grouping,
    groups,
    handmade,
    overlap,
    parting,
    polars_expressions,
    rescaling,
    scores,
    selection,
    timing,
)
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.columns import constant_names, text_of, unsure, with_names
from cst_tools.flow.method_names import KEEP_COLUMNS, LOSE_ROWS, NEW_COLUMNS, SELECT_ROWS, STATISTICS
from cst_tools.flow.row_sets import COMPARING, compared_by_method, complement, extend, filtered, select_rows, slice_rows
from cst_tools.flow.statistics import (
    MISSING,
    exchange,
    fill,
    fill_strategy,
    learned_from,
    spans_rows,
    statistic,
    used,
)
from cst_tools.flow.values import (
    UNKNOWN,
    Kind,
    Learns,
    Value,
    merged,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

_COMPUTING = frozenset(
    ("add", "radd", "rsub", "rmul", "rdiv", "rtruediv", "pow", "mod", "floordiv", "multiply", "rank")
)  # fmt: skip
_REFERENCE = re.compile(r"@(\w+)")


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
    if name == "insert" and owner.kind is Kind.DATA and len(a.positional) > 2:
        names = constant_names(a.positional[1])
        m.assign_to(base, derivation.put(owner, names or frozenset(), a.positional[2], m.place(a.node)))
        return Value(Kind.CONST, const=None)
    inplace = a.constant("inplace") is True
    timed = timing.call(m, owner, name, a) if name in timing.METHODS else None
    result = timed if timed is not None else _table_method(m, owner, name, a)
    if name in timing.METHODS:
        result = timing.after(m, owner, name, a, result)
    elif name in grouping.METHODS:
        result = grouping.method(m, owner, name, a, result)
    if name in duplicates.METHODS:
        result = duplicates.by_method(m, owner, name, a, result)
    if name in ("astype", "map", "replace") and result.kind is Kind.DATA:
        result = column_sets.recoded(result, name, a)
    if inplace:
        m.assign_to(base, result)
        return Value(Kind.CONST, const=None)
    return result


def _residual_method(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value | None:
    if owner.kind is Kind.RESIDUAL:
        if scores.is_by_row(a) and not owner.scores:
            return owner
        if name in ("min", "max", "quantile") and not owner.scores:
            return UNKNOWN
        if name in ("mean", "sum", "item", "median"):
            m.record_evaluation(a.node, [owner], owner.models)
            return owner if owner.scores else scores.scored(m, owner, a.node, [owner])
        if name == "backward":
            m.train_by_gradient(owner, a.node)
        return owner
    if name == "backward":
        m.train_by_gradient(owner, a.node)
        return owner
    if name in ("eq", "ne", "sub", "subtract") and a.positional and a.positional[0].rows and not a.positional[0].models:
        return expressions._residual(owner, a.positional[0])
    if name in ("min", "max", "quantile", "std") and not a.keywords and not (a.values and name != "quantile"):
        return UNKNOWN  # a number, where to cut mostly
    if name in STATISTICS or name in ("sum", "argmax"):
        return replace(owner, columns=None)
    return None


def _table_method(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    if name in STATISTICS:
        return statistic(m, owner, name, a, None if name == "quantile" else 0)
    opened = groups.open_groups(owner, name, a)
    if opened is not None:
        return groups.opened(m, opened, name, a)
    if name in polars_expressions.TAKERS:
        taken = polars_expressions.take(m, owner, name, a)
        if taken is not None and name == "filter":
            for condition in a.node.args:
                taken = filtered(m, taken, condition)
        if taken is not None:
            return taken
    if owner.kind is Kind.ROWS and name in ("all", "any"):
        return owner
    if name in ("describe", "value_counts") and owner.kind is Kind.DATA and not owner.models:
        return statistic(m, owner, name, a)
    if name in ("items", "iteritems") and owner.kind is Kind.DATA:
        return Value(Kind.SEQUENCE, items=(Value(Kind.SEQUENCE, items=(UNKNOWN, replace(owner, columns=None))),))
    if name in ("corr", "corrwith") and owner.kind is Kind.DATA:
        return selection.correlation(m, owner, name, a)
    if name == "pivot_table" and owner.kind is Kind.DATA:
        return groups.group_table(m, owner, a)
    if name == "unique" and owner.columns is not None and owner.columns.frame and owner.columns.only is None:
        return owner  # polars: without duplicates
    if name == "unique" and owner.columns is not None and len(owner.columns.only or (1, 2)) > 1:
        return owner  # rows of a table that are there once
    if name == "slice" and owner.kind is Kind.DATA and a.node.args:
        return _slice(m, owner, a)
    if name in LOSE_ROWS:
        return UNKNOWN
    if name == "sum":  # of each row, or across them
        return UNKNOWN if spans_rows(a, 0) else replace(owner, columns=None)
    if name in handmade.PRODUCTS and a.positional:
        predicted = handmade.product(m, a.node, owner, a.positional[0])
        if predicted is not None:
            return predicted
    if name in ("drop", "pop"):
        return _drop(m, owner, name, a)
    if name in ("sample",):
        return _sample(m, owner, a)
    if name in ("head", "tail"):
        return _head(m, owner, name, a)
    if name in SELECT_ROWS and owner.kind is Kind.DATA:
        return selected(m, _query(m, owner, a) if name == "query" else owner, name, a)
    if name in ("fillna",):
        return fill(m, owner, a)
    if name in ("fill_null", "fill_nan"):
        return fill_strategy(m, owner, a)
    if name == "interpolate":
        learned = m.record_learned(learned_from(m, owner, Learns.IMPUTE, "interpolate", a))
        return replace(owner, learned=owner.learned | {learned})
    if name in ("replace", "mask", "where", "masked_fill", "combine_first") and a.positional:
        changed = exchange(m, owner, a)
        return replace(changed, learned=changed.learned.union(*(groups.brought(m, owner, v) for v in a.positional)))
    if name == "clip":
        return replace(owner, learned=owner.learned.union(*(used(m, v) for v in a.values)))
    if name == "map" and owner.kind is Kind.DATA and not owner.columns and a.positional and owner.items:
        return owner
    if name in ("apply", "map", "applymap", "transform", "map_elements", "agg", "aggregate") and owner.rows:
        if name in ("agg", "aggregate", "transform") and not (a.positional and applied.is_callable(a.positional[0])):
            return _aggregated(m, owner, name, a)
        return applied.apply(m, owner, name, a)
    if name == "pipe":
        return applied.pipe(m, owner, a)
    if name in ("sub", "div", "subtract", "divide", "mul", "truediv") and a.positional:
        return expressions.binary(m, a.node, owner, a.positional[0], ast.Sub())
    if name in _COMPUTING and owner.kind is Kind.DATA and a.constant("axis") != 1:
        others = [v for v in a.positional[:1] if v.kind is Kind.DATA]
        return expressions.binary(m, a.node, owner, others[0], ast.Sub()) if others else derivation.changed(owner)
    if name in ("isin", "between", "duplicated", "isnull", "isna", "notnull", "notna", "contains", "startswith"):
        return _mask(m, owner, name, a)
    if name in COMPARING and owner.kind is Kind.DATA and a.values and not any(v.models for v in (owner, *a.values)):
        return compared_by_method(m, owner, name, a)
    if name == "rename":
        return _rename(m, owner, a)
    if name == "set_index":
        names = constant_names(a.positional[0]) if a.positional else None
        if owner.columns is not None and names is not None:
            return replace(owner, columns=owner.columns.drop(names, None))
        return replace(owner, columns=unsure(owner.columns))
    if name == "eval" and a.values:
        return derivation.evaluated(owner, a.positional[0].const if a.positional else None, m.place(a.node))
    if name in ("eval", "train") and not a.values:
        return owner
    if name in ("assign", "with_columns"):
        return applied.assign(m, owner, a)
    if name in ("select_dtypes", "filter", "get", "iloc", "reindex"):
        for value in a.values:
            owner = selection.pick(m, owner, value)
        if name == "reindex":
            owner = _same_dummies(owner)
        if name == "select_dtypes":
            return column_sets.select_dtypes(owner, a, m.place(a.node))
        if name == "reindex" and (given := a.get(None, "columns")) is not None and constant_names(given) is not None:
            return with_names(owner, given, None)
        return replace(owner, columns=unsure(owner.columns))
    if name == "align" and a.positional:
        return Value(Kind.SEQUENCE, items=(_same_dummies(owner), _same_dummies(a.positional[0])))
    if name in ("append", "join", "merge", "hstack", "vstack"):
        others = [v for v in a.positional[:1] if v.kind in (Kind.DATA, Kind.SEQUENCE)]
        flat = merged([owner, *others])
        if name == "append" and others:
            return replace(flat, concatenated=True, columns=owner.columns)
        brought = frozenset().union(*(groups.brought(m, owner, v) for v in [*others, *a.keywords.values()]))
        return replace(owner, learned=flat.learned | brought)
    if name == "slice" and owner.columns is not None and owner.columns.frame:
        return overlap.sliced(m, owner, a)
    if name == "factorize":
        return column_sets.numbered(owner)
    if name == "get_column" and a.positional:
        return with_names(owner, a.positional[0], None)
    if name == "_get_numeric_data":
        return column_sets.select_dtypes(owner, Arguments(a.node, [Value(Kind.CONST, const="number")]), m.place(a.node))
    if name == "to_numpy":
        return column_sets.array(owner)
    if name in NEW_COLUMNS:
        return replace(owner, columns=None)
    if name in ("add_prefix", "add_suffix"):
        return replace(owner, columns=unsure(owner.columns))
    if name in ("train_test_split",):
        key = m.record_split(a.node)
        return replace(owner, rows=frozenset(p.child(key, 0) for p in owner.rows), opaque=True, columns=None)
    if name in KEEP_COLUMNS:
        if name in ("apply", "map", "transform"):
            owner = rescaling.by_function(m, a.node, a.get(0, "func", "arg"), owner)
        extra = merged([v for v in a.values if v.kind is Kind.DATA and v.learned])
        return replace(owner, learned=owner.learned | extra.learned) if extra.learned else owner
    if name in ("difference", "drop", "intersection", "union") and owner.kind is Kind.ROWS:
        return _index_difference(owner, a) if name != "intersection" else owner
    if name == "backward":
        return owner
    return overlap.unsure_rows(m, replace(owner, columns=None), a.node)


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
        return select_rows(replace(owner, learned=owner.learned | rows.learned), complement(rows))
    if columns is None and axis in (1, "columns"):
        columns = labels
    if columns is None and rows is None and labels is not None and "axis" not in a.keywords:
        spelled = [constant_names(v) for v in a.positional]
        axes = len(a.positional) == 2 and a.positional[1].const in (0, 1, "index", "rows", "columns")
        if not axes and all(s is not None for s in spelled):  # as polars drops columns
            every = tuple(n for s in spelled for n in s or ())
            columns = labels if len(spelled) == 1 else Value(Kind.SEQUENCE, const=every)
    if columns is None:
        return owner
    names = constant_names(columns)
    owner = selection.pick(m, owner, columns)
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
    fraction = a.constant("fraction" if "fraction" in a.keywords else "frac")
    if (fraction in (1, 1.0) and a.constant("replace") is not True) or not (a.values):
        return owner
    key = m.record_split(a.node)
    parting.record(m, a.node, key, parting.How.RANDOM, "sample", [owner])
    return replace(owner, rows=frozenset(p.child(key, 0) for p in owner.rows))


def _head(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    if not a.node.args:
        return owner
    key = f"{name} {text_of(a.node.args[0])}"
    m.record_split(a.node, key)
    rows = frozenset(p.child(key, 0) for p in owner.rows)
    overlap.record_end(m, a.node, key, name, rows)
    return replace(owner, rows=rows)


def _slice(m: Interpreter, owner: Value, a: Arguments) -> Value:
    """Polars' ``slice(offset, length)``"""
    offset, length = a.node.args[0], a.expression(1, "length")
    if a.constant("offset", 0) == 0 and length is not None:
        return slice_rows(m, owner, ast.Slice(upper=length, lineno=a.node.lineno, col_offset=a.node.col_offset))
    upper = None if length is None else ast.BinOp(offset, ast.Add(), length)
    made = ast.Slice(lower=offset, upper=upper, lineno=a.node.lineno, col_offset=a.node.col_offset)
    return slice_rows(m, owner, made)


def selected(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    """``query``, ``take``, ``get_group``, ...: some of the rows, the same ones for the same arguments."""
    if name == "filter" and (not a.positional or a.positional[0].kind in (Kind.CONST, Kind.SEQUENCE)):
        names = a.get(0, "items")
        if names is not None and names.kind is Kind.SEQUENCE and a.get(None, "like", "regex") is None:
            return with_names(owner, names, m.place(a.node))
        return replace(owner, columns=unsure(owner.columns))  # pandas: by name of columns
    if a.positional and a.positional[0].kind is Kind.ROWS:
        return select_rows(owner, a.positional[0])
    if name in ("take", "skip") and len(a.node.args) == 1:
        bound = a.node.args[0]
        key, side = f"at {text_of(bound)}", 0 if name == "take" else 1
        rows = extend(m, owner.rows, key, side, a.node)
        parting.cut(m, a.node, owner, key)
        overlap.record_cut(m, a.node, key, (bound, None) if side else (None, bound), rows)
        return replace(owner, rows=rows)
    given = ", ".join(text_of(n) for n in (*a.node.args, *(k.value for k in a.node.keywords)))
    return replace(owner, rows=extend(m, owner.rows, f"{name} {given}", 0, a.node))


def _mask(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    if name == "isin" and a.positional and a.positional[0].kind is Kind.ROWS:
        return replace(a.positional[0], kind=Kind.ROWS)
    text = text_of(a.node)
    m.record_split(a.node, text)
    learned = owner.learned.union(*(used(m, v) for v in a.values if v.kind is Kind.STATISTIC and name == "between"))
    single = owner.kind is Kind.DATA and derivation.sources(owner.columns) is not None and not owner.models
    return Value(
        Kind.ROWS,
        rows=frozenset(p.child(text, 0) for p in owner.rows),
        learned=learned if learned != owner.learned else frozenset(),
        name=MISSING if name in ("isnull", "isna") else "",
        columns=owner.columns if single else None,
        owner=derivation.changed(owner) if single else None,  # also usable as a column
    )


def _same_dummies(table: Value) -> Value:
    """A table whose columns were brought in line with another's: its own categories no longer count."""
    return replace(table, learned=frozenset(one for one in table.learned if one.kind is not Learns.CATEGORIES))


def _query(m: Interpreter, owner: Value, a: Arguments) -> Value:
    """``df.query("a < @cap")``: the names it refers to may hold statistics."""
    text = a.positional[0].const if a.positional else None
    learned = owner.learned
    if isinstance(text, str):
        for word in _REFERENCE.findall(text):
            value = m.scope.find(word)
            if value is not None and value.kind is Kind.STATISTIC:
                learned |= {replace(one, mask=f"query {text_of(a.node.args[0])}") for one in used(m, value)}
    return replace(owner, learned=learned)


def _aggregated(m: Interpreter, owner: Value, name: str, a: Arguments) -> Value:
    """``df.agg(["mean", "std"])`` is a table of statistics; ``df.transform("log")`` is a table."""
    function = a.get(0, "func")
    if name == "transform":
        return replace(owner, columns=None) if function is None or function.const not in STATISTICS else owner
    given = [v.const for v in (() if function is None else (function, *function.items))]
    if any(isinstance(g, str) and g in STATISTICS for g in given) or (function is not None and function.items):
        return statistic(m, owner, name, a, 1)
    return UNKNOWN


def _index_difference(owner: Value, a: Arguments) -> Value:
    other = a.positional[0] if a.positional else UNKNOWN
    return complement(other) if other.kind is Kind.ROWS else owner


def _rename(m: Interpreter, owner: Value, a: Arguments) -> Value:
    given = a.get(0, "name", "index")
    if given is not None and isinstance(given.const, str) and derivation.sources(owner.columns) is not None:
        return derivation.named(owner, given.const, m.place(a.node))
    mapping = a.get(None, "columns")
    if owner.columns is None or mapping is None or mapping.kind is not Kind.MAPPING:
        return replace(owner, columns=unsure(owner.columns))
    columns = owner.columns
    for old, new in zip(mapping.keys, mapping.items, strict=False):
        if isinstance(old, str) and new.kind is Kind.CONST and isinstance(new.const, str):
            columns = columns.drop(frozenset({old}), columns.site).add(new.const)
            if columns.derived or columns.copies:
                columns = replace(columns, copies=columns.copies | {(new.const, old)})
        else:
            columns = replace(columns, sure=False)
    return replace(owner, columns=columns)
