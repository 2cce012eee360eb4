"""Fixes of overlaps: fit on the training part, cut by position, drop what was sampled."""

from __future__ import annotations

import ast

from cst_tools.flow.overlap import Cut
from cst_tools.rules.edit import Editor, binds
from cst_tools.rules.row_facts import Seen
from cst_tools.rules.rule import Context
from cst_tools.types import Fix, FixClass

_READERS = ("read_csv", "read_table", "read_excel", "read_json", "DataFrame")
_REORDERS = ("set_index", "sort_values", "sort_index", "dropna", "sample", "query", "drop_duplicates", "reindex")


def fit_training_part(context: Context, one: Seen) -> Fix | None:
    """``fit(X_train, y_train)`` for ``fit(X, y)`` below ``X_train, X_test, ... = train_test_split(X, y)``."""
    split = context.flow.splits.get(one.scored.path[len(one.trained.path)][0])
    if split is None or one.training is None or not isinstance(split.node, ast.Call):
        return None
    made, used = context.statement_of(split.node), context.statement_of(one.training.node)
    call = one.training.node
    if made is None or used is None or not isinstance(call, ast.Call) or not isinstance(made[0], ast.Assign):
        return None
    parts = training_names(made[0], split.node)
    block = made[1]
    if not any(s is used[0] for s in block) or block.index(made[0]) >= block.index(used[0]):
        return None
    between = block[block.index(made[0]) + 1 : block.index(used[0])]
    given = [a for a in (*call.args, *(k.value for k in call.keywords)) if isinstance(a, ast.Name) and a.id in parts]
    if not given or len(given) != len(split.node.args) or len({g.id for g in given}) != len(given):
        return None
    if any(binds(between, name) for g in given for name in (g.id, parts[g.id])):
        return None
    editor = Editor(context)
    for argument in given:
        editor.replace(argument, parts[argument.id])
    return Fix("Fit on the training part of the split", FixClass.SAFE, editor.edits)


def training_names(statement: ast.Assign, call: ast.Call) -> dict[str, str]:
    """``X: X_train, y: y_train`` of ``X_train, X_test, y_train, y_test = train_test_split(X, y)``."""
    target = statement.targets[0]
    if statement.value is not call or not isinstance(target, ast.Tuple) or len(target.elts) != 2 * len(call.args):
        return {}
    return {
        argument.id: part.id
        for argument, part in zip(call.args, target.elts[::2], strict=True)
        if isinstance(argument, ast.Name) and isinstance(part, ast.Name)
    }


def positions_for_labels(context: Context, one: Seen) -> Fix | None:
    """``.iloc`` for every ``.loc`` of the cut; safe where the index plainly counts the rows."""
    keys = {step[0] for step in one.scored.path} & {step[0] for step in one.trained.path}
    editor = Editor(context)
    safe, changed = True, 0
    for cut in context.flow.of(Cut):
        if cut.key not in keys or not cut.inclusive:
            continue
        holder = context.parents.get(cut.place.node)
        accessor = holder.value if isinstance(holder, ast.Subscript) else None
        bound = cut.low if cut.low is not None else cut.high
        if not isinstance(accessor, ast.Attribute) or accessor.attr != "loc" or bound is None or bound.label:
            return None  # columns by name beside the rows, or a date
        safe = safe and not bound.base and counts_rows(context, accessor.value)
        editor.replace(accessor, f"{context.source(accessor.value)}.iloc")
        changed += 1
    if changed < 2:
        return None
    return Fix("Cut by position", FixClass.SAFE if safe else FixClass.REVIEW, editor.edits)


def counts_rows(context: Context, node: ast.expr, depth: int = 0) -> bool:
    """Whether the index of the table is 0, 1, 2, ... for certain: read from a file or made, and never reordered."""
    if depth > 4:
        return False
    if isinstance(node, ast.Subscript):
        return not isinstance(node.slice, ast.Slice | ast.Compare) and counts_rows(context, node.value, depth + 1)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in _READERS:
            return not any(k.arg in ("index_col", "index") for k in node.keywords)
        if node.func.attr == "reset_index":
            return any(k.arg == "drop" for k in node.keywords)
        if node.func.attr == "drop":
            return any(k.arg in ("columns", "axis") for k in node.keywords) and counts_rows(
                context, node.func.value, depth + 1
            )
        return node.func.attr in ("copy", "astype") and counts_rows(context, node.func.value, depth + 1)
    if not isinstance(node, ast.Name):
        return False
    uses = context.names.get(node.id, [])
    stores = [n for n in uses if isinstance(n.ctx, ast.Store)]
    statement = context.parents.get(stores[0]) if len(stores) == 1 else None
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1 or statement.targets[0] is not stores[0]:
        return False
    changed = any(
        isinstance(holder, ast.Attribute) and holder.attr in (*_REORDERS, "index", "drop")
        and _in_place(context, holder)
        for holder in (context.parents.get(n) for n in uses)
    )  # fmt: skip
    return not changed and counts_rows(context, statement.value, depth + 1)


def _in_place(context: Context, attribute: ast.Attribute) -> bool:
    if isinstance(attribute.ctx, ast.Store):
        return True
    call = context.parents.get(attribute)
    return isinstance(call, ast.Call) and any(k.arg == "inplace" for k in call.keywords)


def drop_sampled(context: Context, one: Seen) -> Fix | None:
    """``test = df.drop(train.index)`` for a second ``df.sample(...)``."""
    if not one.trained.path or not one.scored.path:
        return None
    splits = [context.flow.splits.get(part.path[-1][0]) for part in (one.trained, one.scored)]
    calls = [s.node for s in splits if s is not None and isinstance(s.node, ast.Call)]
    if len(calls) != 2:
        return None
    first, second = (context.statement_of(c) for c in calls)
    if first is None or second is None or first[1] is not second[1]:
        return None
    train, test = first[0], second[0]
    if not isinstance(train, ast.Assign) or not isinstance(test, ast.Assign):
        return None
    if train.value is not calls[0] or test.value is not calls[1] or first[1].index(train) > second[1].index(test):
        return None
    name, table = train.targets[0], _sampled(calls[1])
    if not isinstance(name, ast.Name) or table is None or table != _sampled(calls[0]) or table == name.id:
        return None
    editor = Editor(context)
    editor.replace(calls[1], f"{table}.drop({name.id}.index)")
    return Fix("Take the rows that were not sampled", FixClass.REVIEW, editor.edits)


def _sampled(call: ast.Call) -> str | None:
    if isinstance(call.func, ast.Attribute) and call.func.attr == "sample" and isinstance(call.func.value, ast.Name):
        return call.func.value.id
    return None
