"""The fix for early stopping on test rows: watch a validation part carved out of the training rows instead."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from cst_tools.flow.values import Choice
from cst_tools.rules.edit import Editor, binds, reads
from cst_tools.rules.rule import Context
from cst_tools.types import Fix, FixClass

_TITLE = "Choose on a validation set taken from the training rows"


@dataclass(frozen=True)
class _Names:
    """Names for the parts of the training rows."""

    fit_features: str
    watched_features: str
    fit_labels: str
    watched_labels: str


def carve_validation(context: Context, choice: Choice) -> Fix | None:
    """Split a validation set off the training rows and watch that; for literal names only."""
    call, watched = choice.node, choice.expression
    if not isinstance(call, ast.Call) or watched is None or choice.argument == "eval_dataset":
        return None
    watched = _spelled_out(context, call, watched)
    if watched is None:
        return None
    pair = _training_pair(call)
    if pair is not None:
        return _carve_pair(context, call, watched, pair)
    return _carve_data_set(context, call, watched)


# ---- fit(X_train, y_train, eval_set=[(X_test, y_test)]) ---------------------------------------------------


def _carve_pair(context: Context, call: ast.Call, watched: ast.expr, pair: tuple[ast.Name, ast.Name]) -> Fix | None:
    features, labels = pair
    seen = _watched_pair(watched, features.id)
    statement = context.statement_of(watched)  # the list may be made above the call
    if seen is None or statement is None:
        return None
    editor = Editor(context)
    names = _split_before(editor, statement[0], features.id, labels.id)
    if names is None:
        return None
    replaced = {
        seen[0].id: names.watched_features,
        seen[1].id: names.watched_labels,
        features.id: names.fit_features,
        labels.id: names.fit_labels,
    }
    editor.replace(features, names.fit_features)
    editor.replace(labels, names.fit_labels)
    editor.replace(watched, editor.substituted(watched, replaced))
    return Fix(_TITLE, FixClass.SAFE, editor.edits)


def _training_pair(call: ast.Call) -> tuple[ast.Name, ast.Name] | None:
    """The names given as features and labels, by position or by keyword."""
    given: list[ast.expr] = list(call.args[:2])
    for names in (("X", "x"), ("y",))[len(given) :]:
        given += [k.value for k in call.keywords if k.arg in names]
    if len(given) != 2:
        return None
    features, labels = given
    func = call.func
    if not isinstance(features, ast.Name) or not isinstance(labels, ast.Name):
        return None
    return (features, labels) if isinstance(func, ast.Attribute) and func.attr == "fit" else None


def _watched_pair(argument: ast.expr, training: str) -> tuple[ast.Name, ast.Name] | None:
    """``(X_test, y_test)`` in ``[(X_train, y_train), (X_test, y_test)]``."""
    pairs = argument.elts if isinstance(argument, ast.List) else [argument]
    found = []
    for pair in pairs:
        if not isinstance(pair, ast.Tuple | ast.List) or len(pair.elts) != 2:
            return None
        first, second = pair.elts
        if not isinstance(first, ast.Name) or not isinstance(second, ast.Name):
            return None
        if first.id != training:
            found.append((first, second))
    return found[0] if len(found) == 1 else None


# ---- train(parameters, dtrain, evals=[(dtest, "test")]) ---------------------------------------------------


def _carve_data_set(context: Context, call: ast.Call, watched: ast.expr) -> Fix | None:
    """The training rows and the watched ones are wrapped in data sets with names of their own."""
    training = next((a for a in _train_arguments(call) if isinstance(a, ast.Name)), None)
    if training is None:
        return None
    items = watched.elts if isinstance(watched, ast.List | ast.Tuple) else [watched]
    sets = [i.elts[0] if isinstance(i, ast.Tuple) and i.elts else i for i in items]
    others = [s for s in sets if isinstance(s, ast.Name) and s.id != training.id]
    if len(others) != 1 or any(not isinstance(s, ast.Name) for s in sets):
        return None
    made, held = _definition(context, call, training.id), _definition(context, call, others[0].id)
    if made is None or held is None:
        return None
    pair, held_pair = _wrapped(made.value), _wrapped(held.value)
    if pair is None or held_pair is None or not _is_used_in(context, training.id, [call, held, watched]):
        return None
    statement = context.statement_of(call)
    editor = Editor(context)
    names = _split_before(editor, made, pair[0].id, pair[1].id)
    if names is None or statement is None:
        return None
    editor.replace(pair[0], names.fit_features)
    editor.replace(pair[1], names.fit_labels)
    watched_set = editor.unused("validation_set")
    copied = editor.substituted(
        held.value, {held_pair[0].id: names.watched_features, held_pair[1].id: names.watched_labels}
    )
    above = context.statement_of(watched)
    if above is None or not editor.insert_before(above[0], f"{watched_set} = {copied}"):
        return None
    editor.replace(others[0], watched_set)
    return Fix(_TITLE, FixClass.SAFE, editor.edits)


def _train_arguments(call: ast.Call) -> list[ast.expr]:
    named = [k.value for k in call.keywords if k.arg in ("dtrain", "train_set", "pool", "X")]
    func = call.func
    position = 0 if isinstance(func, ast.Attribute) and func.attr == "fit" else 1
    return named or call.args[position : position + 1]


def _definition(context: Context, call: ast.Call, name: str) -> ast.Assign | None:
    """The one statement, above the call in its block, that gives the name its value."""
    statement = context.statement_of(call)
    if statement is None:
        return None
    block = statement[1]
    above = block[: block.index(statement[0])]
    found = [s for s in above if binds([s], name)]
    if len(found) != 1 or binds(block[len(above) :], name):
        return None
    made = found[0]
    if not isinstance(made, ast.Assign) or len(made.targets) != 1 or not isinstance(made.targets[0], ast.Name):
        return None
    return made


def _wrapped(value: ast.expr) -> tuple[ast.Name, ast.Name] | None:
    """``DMatrix(X, label=y)``: the names of features and labels."""
    if not isinstance(value, ast.Call):
        return None
    given = [*value.args[:2], *(k.value for k in value.keywords if k.arg in ("data", "label"))]
    if len(given) != 2:
        return None
    features, labels = given
    return (features, labels) if isinstance(features, ast.Name) and isinstance(labels, ast.Name) else None


def _is_used_in(context: Context, name: str, places: list[ast.AST]) -> bool:
    """Whether the name is read in these places alone, so that fewer rows in it change nothing else."""
    inside = {n for place in places for n in ast.walk(place)}
    return all(use in inside for use in reads(context, name))


# ---- both -------------------------------------------------------------------------------------------------


def _spelled_out(context: Context, call: ast.Call, watched: ast.expr) -> ast.expr | None:
    """The list itself where it was given a name first and is used nowhere else."""
    if not isinstance(watched, ast.Name):
        return watched
    made = _definition(context, call, watched.id)
    if made is None:
        return None
    if not isinstance(made.value, ast.List | ast.Tuple):
        return watched  # a data set
    return made.value if len(reads(context, watched.id)) == 1 else None


def _split_before(editor: Editor, statement: ast.stmt, features: str, labels: str) -> _Names | None:
    split = editor.name_for("sklearn.model_selection", "train_test_split")
    if split is None:
        return None
    names = [editor.unused(n) for n in ("X_fit", "X_val", "y_fit", "y_val")]
    line = f"{', '.join(names)} = {split}({features}, {labels}, test_size=0.2, random_state=0)"
    return _Names(*names) if editor.insert_before(statement, line) else None
