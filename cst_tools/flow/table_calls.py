"""Acts of library functions on tables: putting together, passing through, drawing, merging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cst_tools.flow import (
    augmentation,
    column_sets,
    duplicates,
    estimators,
    grouping,
    groups,
    hand_folds,
    lineage,
    methods,
    overlap,
    rescaling,
    scores,
    selection,
    unknown_calls,
)
from cst_tools.flow import dummies as made_of
from cst_tools.flow.arguments import Arguments
from cst_tools.flow.columns import text_of
from cst_tools.flow.libraries import Spec
from cst_tools.flow.row_sets import complement, select_rows
from cst_tools.flow.statistics import MISSING, learned_from, spans_rows, used
from cst_tools.flow.values import (
    UNKNOWN,
    Columns,
    Kind,
    Learns,
    Value,
    flatten,
    merged,
    replace,
)

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter


def concat(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    everything = [leaf for v in a.positional for leaf in flatten(v)]
    table_of_scores = scores.gathered(everything)
    if table_of_scores is not None:
        return table_of_scores
    errors = [leaf for leaf in everything if leaf.kind is Kind.RESIDUAL]
    if errors:
        return errors[0] if len(errors) == 1 else merged([replace(v, kind=Kind.DATA) for v in errors])
    data = [leaf for leaf in everything if leaf.rows or leaf.learned]
    if not data:
        return UNKNOWN
    rest = hand_folds.joined(data)
    if rest is not None:
        return rest
    both = merged(data)
    tables = [v for v in data if v.kind is Kind.DATA]
    apart = len(both.rows) > 1 and a.constant("axis") not in (1, "columns")
    short = name.rpartition(".")[2]
    if short in ("hstack", "column_stack", "c_"):
        apart = False
    columns = both.columns
    if not apart and len(tables) > 1 and any(v.columns != tables[0].columns for v in tables):
        columns = _union(tables)
    if apart and columns is None and short == "concat" and len(tables) == len(data):
        columns = _of_frames(m, tables)
    models = both.models if all(v.models for v in data) else frozenset()
    if columns is None and short == "concat" and not apart and _of_several(tables) and len(tables) == len(everything):
        columns = Columns(m.number(), frame=True)
        both = replace(both, learned=lineage.side_by_side(tables))
    result = replace(
        both, kind=Kind.DATA, concatenated=apart or both.concatenated, columns=columns, models=models, opaque=False
    )
    below = short not in ("hstack", "column_stack", "c_") or all(_is_column(v) for v in tables)
    if below and spans_rows(a, 1):
        augmented = augmentation.joined(m, a.node, data, result)
        if augmented is not result:
            return augmented
    if below:
        grouping.concatenated(m, a.node, a.positional, result)
    return duplicates.by_concatenation(m, short, a, data, result)


def _of_several(tables: list[Value]) -> bool:
    """Whether tables are of more than one origin, and each has columns that can be followed."""
    known = [v.columns for v in tables if v.columns is not None]
    return len(known) == len(tables) and len({c.table for c in known}) > 1


def _of_frames(m: Interpreter, tables: list[Value]) -> Columns | None:
    """The columns of whole tables that were put below each other: a table of its own."""
    known = [v.columns for v in tables]
    if any(c is None or not c.frame or c.only is not None or not c.sure or c.kept or c.changed for c in known):
        return None
    without = frozenset().union(*(c.without for c in known if c is not None))
    return Columns(m.number(), without=without, frame=True)


def _is_column(value: Value) -> bool:
    return value.columns is not None and value.columns.only is not None and len(value.columns.only) == 1


def _union(tables: list[Value]) -> Columns | None:
    known = [v.columns for v in tables if v.columns is not None]
    if not known or any(c.table != known[0].table for c in known):
        return next((replace(c) for c in known if c.only is None), None) if len(known) == 1 else None
    return column_sets.all_of(known) or known[0]


def pass_act(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    short = name.rpartition(".")[2]
    leaves = [leaf for v in a.values for leaf in flatten(v)]
    if len(leaves) > 1 or short in ("DataFrame", "Series"):
        table_of_scores = scores.gathered(leaves)
        if table_of_scores is not None:
            return table_of_scores
    for value in leaves:
        if value.kind is Kind.RESIDUAL or value.scores:
            return value
    if a.positional and a.positional[0].kind in (Kind.ROWS, Kind.STATISTIC, Kind.NAMES):
        return a.positional[0]
    data = [v for v in leaves if v.kind is Kind.DATA]
    scored = selection.table_of(leaves)
    if scored is not None:
        return scored
    if not data:
        numbers = [v for v in leaves if v.kind is Kind.STATISTIC]
        if numbers and len(numbers) == len(leaves):
            return replace(numbers[0], learned=frozenset().union(*(v.learned for v in numbers)))
        if short == "DataFrame" or (short in ("array", "Series") and not any(v.kind is Kind.UNKNOWN for v in leaves)):
            return m.fresh_table()  # made here, from numbers
        if a.positional and a.positional[0].kind is Kind.SEQUENCE and short in ("array", "asarray", "Series"):
            return a.positional[0]
        return UNKNOWN
    result = merged(data)
    listed = short in ("array", "asarray", "stack", "Series") and a.positional[:1] != []
    if listed and a.positional[0].kind is Kind.SEQUENCE and spans_rows(a, 1 if short == "stack" else None):
        result = augmentation.joined(m, a.node, data, result, at_copies=True)
    if short == "delete":
        gone = a.get(1, "obj")
        if gone is not None and gone.kind is Kind.ROWS and gone.rows and a.constant("axis", 2) == 0:
            return select_rows(replace(result, learned=result.learned | gone.learned), complement(gone))
        if a.constant("axis", 2) in (1, -1):
            result = result if gone is None else selection.pick(m, result, gone)
            return column_sets.deleted(result, gone, m.place(a.node))
        return overlap.unsure_rows(m, result, a.node)
    result = rescaling.applied(m, a.node, short, result)
    statistics = [v for v in leaves if v.kind is Kind.STATISTIC]
    if statistics and short in ("clip", "maximum", "minimum", "subtract", "divide"):
        extra = frozenset().union(*(used(m, v) for v in statistics))
        result = replace(result, learned=result.learned | extra)
    if statistics and short == "nan_to_num":
        extra = frozenset().union(*(used(m, v, Learns.IMPUTE) for v in statistics))
        result = replace(result, learned=result.learned | extra)
    if short == "DataFrame" and a.get(1, "columns") is not None:
        named = a.get(1, "columns")
        if named is not None and named.kind is Kind.NAMES:
            return result
        return column_sets.named(m, result, named)
    return result


def shuffle(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    if len(a.positional) == 1:
        return a.positional[0]
    return Value(Kind.SEQUENCE, items=tuple(a.positional))


def dummies(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    table = merged(a.positional[:1])
    if table.kind is not Kind.DATA or not table.rows or table.columns is None:
        return table
    learned = m.record_learned(learned_from(m, table, Learns.CATEGORIES, "get_dummies", a))
    columns = table.columns
    if columns.only is None and a.constant("drop_first") is not True and a.get(2, "prefix") is None:
        columns = made_of.encoded(columns, a.get(None, "columns"))
    return replace(table, learned=table.learned | {learned}, columns=replace(columns, order=None))


def draw(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    """``resample(rows, replace=True, n_samples=n)``"""
    drawn = []
    for value in a.positional:
        table = estimators.table(value)
        if table.rows and a.constant("replace", 1) is not False:
            key = m.record_split(a.node)
            table = replace(table, rows=frozenset(p.child(key, 0) for p in table.rows))
            table = duplicates.mark(m, a.node, table, duplicates.DRAWS)
        drawn.append(table)
    return drawn[0] if len(drawn) == 1 else Value(Kind.SEQUENCE, items=tuple(drawn))


def where_act(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    if len(a.positional) == 1:
        return a.positional[0]
    data = [v for v in a.positional if v.kind is Kind.DATA]
    statistics = [v for v in a.positional if v.kind is Kind.STATISTIC]
    condition = a.positional[0] if a.positional else UNKNOWN
    if not data:
        if condition.kind is Kind.ROWS and condition.owner is not None:
            return replace(condition.owner, learned=condition.owner.learned)
        return condition if condition.kind is Kind.RESIDUAL else UNKNOWN
    kind = Learns.IMPUTE if condition.name == MISSING else None
    extra = frozenset().union(*(used(m, v, kind) for v in statistics), condition.learned)
    result = merged(data)
    return replace(result, learned=result.learned | extra)


def associate(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    if any(v.models for v in a.values):
        return unknown_calls.unknown_call(m, name, a)  # predictions against labels: a score
    return selection.association(m, name, a)


def missing(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    first = a.positional[0] if a.positional else UNKNOWN
    if first.kind is not Kind.DATA or not first.rows:
        return first if first.kind is Kind.ROWS else UNKNOWN
    text = text_of(a.node)
    m.record_split(a.node, text)
    return Value(Kind.ROWS, rows=frozenset(p.child(text, 0) for p in first.rows), name=MISSING)


def merge_act(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    left, right = a.get(0, "left"), a.get(1, "right")
    if left is None or right is None:
        return merged(a.positional)
    return methods.call_table_method(m, left, "merge", Arguments(a.node, [right]), a.node)


def group_table(m: Interpreter, spec: Spec, name: str, a: Arguments) -> Value:
    """``pd.crosstab(df.c, df.y)``, ``pd.pivot_table(df, values="y", index="c")``"""
    table = merged([v for v in a.positional if v.kind is Kind.DATA] + [v for k, v in a.keywords.items() if v.rows])
    return groups.group_table(m, table, a) if table.rows else UNKNOWN
