"""The fix of the preprocessing family: split first, fit on the training part, transform the other."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from cst_tools.rules.edit import Editor, binds, loads, reads
from cst_tools.rules.leak import Leak
from cst_tools.rules.rule import Context
from cst_tools.types import Fix, FixClass


@dataclass(frozen=True)
class Fitting:
    """``result = ...estimator.fit_transform(argument)...``, in one statement or in two (fit, transform)."""

    statements: tuple[ast.stmt, ...]
    result: str
    argument: str
    expression: ast.expr
    call: ast.Call
    estimator: ast.expr
    whole: bool
    """The call is all there is on the right-hand side."""


def fit_after_split(context: Context, leak: Leak) -> Fix | None:
    """Move the fitting below the split (or into a pipeline for cross-validation); None when it is not that simple."""
    split = context.flow.splits.get(leak.split) if leak.split is not None else None
    if split is None or not isinstance(leak.learned.node, ast.Call):
        return None
    placed, target = context.statement_of(leak.learned.node), context.statement_of(split.node)
    if placed is None or target is None or placed[1] is not target[1]:
        return None
    body = placed[1]
    start, end = body.index(placed[0]), body.index(target[0])
    if start >= end:
        return None
    in_place = _columns_in_place(context, body[start:end], target[0], split.node, leak)
    if in_place is not None:
        return in_place
    fitting = _fitting(body[start:end], leak.learned.node)
    if fitting is None or not isinstance(split.node, ast.Call):
        return None
    if not _undisturbed(context, fitting, body[start:end], target[0], split.node):
        return None
    if split.folds:
        return _into_pipeline(context, fitting, split.node)
    return _below_split(context, fitting, target[0], split.node, leak)


def _fitting(statements: list[ast.stmt], call: ast.Call) -> Fitting | None:
    first = statements[0]
    if not isinstance(call.func, ast.Attribute) or len(call.args) != 1 or call.keywords:
        return None
    if call.func.attr == "fit_transform":
        argument = call.args[0]
        if not isinstance(argument, ast.Name) or not isinstance(first, ast.Assign):
            return None
        result = first.targets[0]
        if len(first.targets) != 1 or not isinstance(result, ast.Name):
            return None
        whole = first.value is call
        return Fitting((first,), result.id, argument.id, first.value, call, call.func.value, whole)
    if call.func.attr != "fit" or not isinstance(first, ast.Expr) or first.value is not call:
        return None
    if not isinstance(call.func.value, ast.Name) or not isinstance(call.args[0], ast.Name):
        return None
    for second in statements[1:]:
        if (
            not isinstance(second, ast.Assign)
            or len(second.targets) != 1
            or not isinstance(second.targets[0], ast.Name)
        ):
            continue
        value = second.value
        if (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Attribute)
            and value.func.attr == "transform"
            and isinstance(value.func.value, ast.Name)
            and value.func.value.id == call.func.value.id
            and len(value.args) == 1
            and isinstance(value.args[0], ast.Name)
            and value.args[0].id == call.args[0].id
        ):
            name = second.targets[0].id
            return Fitting((first, second), name, value.args[0].id, value, value, call.func.value, True)
    return None


def _undisturbed(
    context: Context, fitting: Fitting, before_split: list[ast.stmt], split_statement: ast.stmt, call: ast.Call
) -> bool:
    """The transformed table is used by the split alone, and nothing touches it on the way."""
    others = [s for s in before_split if s not in fitting.statements]
    if binds(others, fitting.argument) or binds(others, fitting.result):
        return False
    if any(loads(s, fitting.result) for s in others):
        return False
    if isinstance(fitting.estimator, ast.Name) and any(
        loads(s, fitting.estimator.id) for s in others if not _makes(s, fitting.estimator.id)
    ):
        return False
    uses = [a for a in call.args if isinstance(a, ast.Name) and a.id == fitting.result]
    if len(uses) != 1 or len(loads(split_statement, fitting.result)) != 1:
        return False
    return (fitting.result == fitting.argument and not _read_later(context, fitting, split_statement)) or (
        fitting.result != fitting.argument and len(reads(context, fitting.result)) == 1
    )


def _makes(statement: ast.stmt, name: str) -> bool:
    return isinstance(statement, ast.Assign) and any(
        isinstance(t, ast.Name) and t.id == name for t in statement.targets
    )


def _read_later(context: Context, fitting: Fitting, split_statement: ast.stmt) -> bool:
    """Whether the table is read after the split under its own name (it would no longer be transformed)."""
    after = split_statement.end_lineno or split_statement.lineno
    return any(n.lineno > after for n in reads(context, fitting.result))


def _below_split(context: Context, fitting: Fitting, statement: ast.stmt, call: ast.Call, leak: Leak) -> Fix | None:
    if not isinstance(statement, ast.Assign) or statement.value is not call or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    if not isinstance(target, ast.Tuple) or len(target.elts) != 2 * len(call.args):
        return None
    index = next(i for i, a in enumerate(call.args) if isinstance(a, ast.Name) and a.id == fitting.result)
    train, test = target.elts[2 * index], target.elts[2 * index + 1]
    if not isinstance(train, ast.Name) or not isinstance(test, ast.Name) or train.id == test.id:
        return None
    editor = Editor(context)
    lines = []
    if isinstance(fitting.estimator, ast.Name):
        estimator = fitting.estimator.id
    else:
        estimator = editor.unused("transformer" if leak.learned.kind.value != "scale" else "scaler")
        lines.append(f"{estimator} = {context.source(fitting.estimator)}")
    for name, method in ((train.id, "fit_transform"), (test.id, "transform")):
        new_call = f"{estimator}.{method}({name})"
        text = editor.substituted(fitting.expression, {fitting.argument: name}, {fitting.call: new_call})
        lines.append(f"{name} = {text}")
    if not all(editor.delete(s) for s in fitting.statements) or not editor.insert_after(statement, *lines):
        return None
    if fitting.result != fitting.argument:
        editor.replace(call.args[index], fitting.argument)
    safety = FixClass.SAFE if fitting.whole else FixClass.REVIEW
    return Fix("Split first, then fit on the training rows", safety, editor.edits)


def _columns_in_place(
    context: Context, statements: list[ast.stmt], statement: ast.stmt, call: ast.AST, leak: Leak
) -> Fix | None:
    """``X[cols] = scaler.fit_transform(X[cols])``: the same columns of both parts, after the split."""
    first, learn = statements[0], leak.learned.node
    if not isinstance(first, ast.Assign) or first.value is not learn or not isinstance(learn, ast.Call):
        return None
    place = first.targets[0]
    if not isinstance(place, ast.Subscript) or not isinstance(place.value, ast.Name) or len(learn.args) != 1:
        return None
    if context.source(place) != context.source(learn.args[0]) or not isinstance(learn.func, ast.Attribute):
        return None
    if learn.func.attr != "fit_transform" or not isinstance(call, ast.Call) or not isinstance(statement, ast.Assign):
        return None
    target = statement.targets[0]
    if not isinstance(target, ast.Tuple) or statement.value is not call or len(target.elts) != 2 * len(call.args):
        return None
    parts = target.elts[:2]
    if not all(isinstance(p, ast.Name) for p in parts) or not call.args:
        return None
    editor = Editor(context)
    lines = []
    if isinstance(learn.func.value, ast.Name):
        estimator = learn.func.value.id
    else:
        estimator = editor.unused("scaler")
        lines.append(f"{estimator} = {context.source(learn.func.value)}")
    for part, method in zip(parts, ("fit_transform", "transform"), strict=True):
        columns = editor.substituted(place, {place.value.id: getattr(part, "id", "")})
        lines.append(f"{columns} = {estimator}.{method}({columns})")
    if not editor.delete(first) or not editor.insert_after(statement, *lines):
        return None
    return Fix("Split first, then fit on the training rows", FixClass.REVIEW, editor.edits)


def _into_pipeline(context: Context, fitting: Fitting, call: ast.Call) -> Fix | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if (
        name not in ("cross_val_score", "cross_validate", "cross_val_predict")
        or len(call.args) < 2
        or not fitting.whole
    ):
        return None
    editor = Editor(context)
    make = editor.name_for("sklearn.pipeline", "make_pipeline")
    if make is None or not all(editor.delete(s) for s in fitting.statements):
        return None
    editor.replace(call.args[0], f"{make}({context.source(fitting.estimator)}, {context.source(call.args[0])})")
    for argument in call.args[1:]:
        if isinstance(argument, ast.Name) and argument.id == fitting.result and fitting.result != fitting.argument:
            editor.replace(argument, fitting.argument)
    return Fix("Fit it inside each fold with `make_pipeline`", FixClass.REVIEW, editor.edits)
