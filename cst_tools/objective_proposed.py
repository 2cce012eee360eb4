"""A metric for a script that has none: computed after the last fit or prediction, on held-out rows if there are any.

The proposed expression is added to a run's copy of the script, never to the user's file.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace

from cst_tools.metrics import BY_NAME, PROPOSABLE, Task, cv_formula, formula
from cst_tools.objective_loops import LoopKind
from cst_tools.objective_sources import Partition, estimator_kind, partition_of
from cst_tools.objective_trace import Program, Scope, Visit
from cst_tools.objective_values import Values
from cst_tools.script import Script
from cst_tools.types import Aggregate, Objective, ObjectiveKind, Span
from cst_tools.walking import walk

_NOTHING = (
    "The script has no metric, and no call of fit, predict or a split from which one could be proposed;"
    " end the line that computes the score with '# mlestar: objective maximize', or set objective to its name."
)


@dataclass(frozen=True)
class _Fit:
    visit: Visit
    call: ast.Call
    estimator: ast.expr
    features: ast.expr | None
    truth: ast.expr | None


@dataclass(frozen=True)
class _Prediction:
    visit: Visit
    target: str
    features: ast.expr
    estimator: ast.expr


def propose(
    script: Script, program: Program, values: Values, *, metric: str | None = None
) -> tuple[tuple[Objective, ...], str]:
    """Proposed objectives best first, and the reason there is none. ``metric`` asks for one metric only."""
    fits, predictions = _fits(program), _predictions(program)
    wanted = (metric,) if metric else None
    averaged = _averages(script, program, values)
    if averaged and (metric is None or any(o.metric == metric for o in averaged)):
        return tuple(o for o in averaged if metric in (None, o.metric)), ""
    if not fits:
        return (), _NOTHING
    fit = fits[-1]
    text = values.sources.estimator_text(fit.estimator, fit.visit.scope)
    kind = estimator_kind(text) or estimator_kind(values.sources.class_text())
    if kind is None and re.search(
        r"stratify=|predict_proba|n_classes|classes_|classification_report|LabelEncoder", script.text
    ):
        kind = "classification"
    if kind is None and fit.truth is None:
        return (), (
            "The script has no metric, and its model is fitted without a target, so none can be proposed;"
            " end the line that computes the score with '# mlestar: objective maximize', or set objective to its name."
        )
    task = Task.REGRESSION if kind == "regression" else Task.CLASSIFICATION
    names = tuple(
        n
        for n in (wanted or PROPOSABLE[task])
        if n in ("accuracy", "f1_macro", "balanced_accuracy", "r2", "rmse", "mae", "mse")
    )
    found: list[Objective] = []
    place = _held_out(program, fits, predictions)
    for name in names:
        if place is not None:
            visit, truth, predicted = place
            found.append(
                _objective(script, visit, formula(name, truth, predicted), name, "on the held-out rows", program)
            )
        elif fit.features is not None and fit.truth is not None and name != "mse":
            expression = cv_formula(name, ast.unparse(fit.estimator), ast.unparse(fit.features), ast.unparse(fit.truth))
            found.append(
                _objective(script, fit.visit, expression, name, "by cross-validation over five folds", program)
            )
    return tuple(found), _NOTHING


def _objective(script: Script, visit: Visit, expression: str, metric: str, where: str, program: Program) -> Objective:
    end = script.span_of(visit.statement).end
    line = script.index.line_of(end) + 1
    folds = any(loop.kind in (LoopKind.FOLD, LoopKind.SEED) for loop in visit.loops)
    reason = (
        f"the script has no metric, so {metric} is proposed: computed {where} after line {line},"
        " only in the copy that is run; to choose another, set objective to its name or metric"
    )
    return Objective(
        kind=ObjectiveKind.PROPOSED,
        expression=expression,
        span=Span(end, end),
        metric=metric,
        direction=BY_NAME[metric].direction,
        aggregate=Aggregate.MEAN if folds else Aggregate.LAST,
        reason=reason,
    )


def _averages(script: Script, program: Program, values: Values) -> list[Objective]:
    """Means of cross-validation scores that the script keeps one a fold and never averages."""
    found: list[Objective] = []
    for visit in program.in_order():
        statement = visit.statement
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        name = statement.targets[0].id
        last = (
            program.qualified(statement.value.func).rpartition(".")[2] if isinstance(statement.value, ast.Call) else ""
        )
        value = values.classify(statement.value, visit.scope)
        if value is None or last not in ("cross_val_score", "cross_validate") or not visit.reached:
            continue
        sign = "-" if value.direction is not BY_NAME[value.metric].direction else ""
        key = "" if last == "cross_val_score" else "['test_score']"
        if key and isinstance(keywords(statement.value).get("scoring"), (ast.List, ast.Tuple, ast.Dict, ast.Set)):
            continue
        objective = _objective(
            script, visit, f"{sign}{name}{key}.mean()", value.metric, "as the mean of its folds", program
        )
        line = script.index.line_of(script.span_of(statement).end) + 1
        reason = (
            f"the script computes {value.metric} once a fold and never averages it, so the mean is proposed:"
            f" computed after line {line}, only in the copy that is run"
        )
        found.insert(0, replace(objective, reason=reason))
    return found


def keywords(node: ast.expr) -> dict[str, ast.expr]:
    """Keyword arguments of a call by name; empty for anything else."""
    return {k.arg: k.value for k in node.keywords if k.arg} if isinstance(node, ast.Call) else {}


def _calls(program: Program, names: tuple[str, ...]) -> list[tuple[Visit, ast.Call, ast.expr]]:
    found: list[tuple[Visit, ast.Call, ast.expr]] = []
    for visit in program.in_order():
        if not isinstance(visit.statement, (ast.Expr, ast.Assign, ast.AnnAssign)) or not visit.reached:
            continue
        for node in visit.calls:
            if isinstance(node.func, ast.Attribute) and node.func.attr in names:
                found.append((visit, node, node.func.value))
    return found


_NOT_MODELS = re.compile(
    r"scal|encod|imput|vector|pca|tfidf|tokeniz|\ble\b|\bss\b|\bsc\b|ohe|transform|prep|select|binar", re.IGNORECASE
)


def _fits(program: Program) -> list[_Fit]:
    found: list[_Fit] = []
    for visit, call, receiver in _calls(program, ("fit",)):
        keywords = {k.arg: k.value for k in call.keywords}
        features = call.args[0] if call.args else keywords.get("X") or keywords.get("x")
        truth = call.args[1] if len(call.args) > 1 else keywords.get("y")
        root = receiver
        while isinstance(root, ast.Call) and isinstance(root.func, ast.Attribute):
            root = root.func.value
        if truth is None and _NOT_MODELS.search(ast.unparse(receiver)):
            continue
        found.append(_Fit(visit, call, receiver, features, truth))
    return found


def _predictions(program: Program) -> list[_Prediction]:
    found: list[_Prediction] = []
    for visit, call, receiver in _calls(program, ("predict",)):
        statement = visit.statement
        if (
            isinstance(statement, ast.Assign)
            and statement.value is call
            and isinstance(statement.targets[0], ast.Name)
            and call.args
        ):
            found.append(_Prediction(visit, statement.targets[0].id, call.args[0], receiver))
    return found


def _held_out(program: Program, fits: list[_Fit], predictions: list[_Prediction]) -> tuple[Visit, str, str] | None:
    """Where, the truth and the prediction on rows that the last fit did not see."""
    fit = fits[-1]
    pairs = _split_names(program, fit.visit.scope)
    trained = ast.unparse(fit.features) if fit.features is not None else ""
    for prediction in reversed(predictions):
        source = ast.unparse(prediction.features)
        truth = pairs.get(source)
        if truth and source != trained:
            return prediction.visit, truth, prediction.target
    if fit.features is None:
        return None
    for features, truth in pairs.items():
        if (
            features != trained
            and partition_of(features) is not Partition.TRAIN
            and _bound_before(features, truth, fit.visit)
        ):
            return fit.visit, truth, f"{_fitted(fit)}.predict({features})"
    return None


def _fitted(fit: _Fit) -> str:
    """The fitted estimator in words of the script: its variable, or the call that makes and fits it."""
    made = any(isinstance(node, ast.Call) for node in walk(fit.estimator))
    statement = fit.visit.statement
    if not made:
        return ast.unparse(fit.estimator)
    if isinstance(statement, ast.Assign) and statement.value is fit.call:
        for target in statement.targets:
            if isinstance(target, (ast.Name, ast.Attribute)):
                return ast.unparse(target)
    return ast.unparse(fit.call)


def _bound_before(features: str, truth: str, visit: Visit) -> bool:
    for name in (features, truth):
        found = visit.scope.lookup(name)
        if found is None or (found[1] is visit.scope and found[0] and min(b.order for b in found[0]) > visit.order):
            return False
    return True


def _split_names(program: Program, scope: Scope) -> dict[str, str]:
    """Held-out features to held-out truth, from ``train_test_split`` and from names that pair up (X_test, y_test)."""
    pairs: dict[str, str] = {}
    for visit in program.in_order():
        statement = visit.statement
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
            continue
        target = statement.targets[0]
        if program.qualified(statement.value.func).rpartition(".")[2] != "train_test_split" or not isinstance(
            target, ast.Tuple
        ):
            continue
        names = [e.id if isinstance(e, ast.Name) else "" for e in target.elts]
        if len(names) >= 4 and names[1] and names[3]:
            pairs[names[1]] = names[3]
    known = {name for s in (scope, program.module) for name in s.bindings}
    for name in known:
        if re.match(r"X|x|features", name) and partition_of(name) in (Partition.TEST, Partition.VALIDATION):
            for truth in (re.sub(r"^X", "y", name), re.sub(r"^x", "y", name), re.sub(r"^features", "labels", name)):
                if truth in known and truth != name:
                    pairs.setdefault(name, truth)
    return pairs
