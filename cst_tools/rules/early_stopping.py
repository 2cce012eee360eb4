"""L302: the number of rounds, or the best version, chosen on the rows that are then reported."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from cst_tools.flow.values import Choice, Evaluation, EvaluationKind, Flow, overlap
from cst_tools.rules.edit import Editor
from cst_tools.rules.rule import Context, Rule, parting
from cst_tools.types import Finding, Fix, FixClass, Severity


class EarlyStoppingOnTest(Rule):
    """Training stops, or the best version is kept, by the score on the rows that are then reported."""

    code = "L302"
    slug = "early-stopping-on-test"

    def check(self, context: Context) -> Iterator[Finding]:
        seen: set[Choice] = set()
        for evaluation in context.flow.evaluations:
            for choice in evaluation.choices:
                if choice in seen or not chosen_on_reported(context.flow, choice, evaluation):
                    continue
                seen.add(choice)
                roles = {context.flow.roles.get(p) for p in choice.rows}
                severity = Severity.WARNING if "validation" in roles else Severity.ERROR
                message = (
                    f"`{choice.what}` chooses the model by its score on the same rows that line {evaluation.key[0]} "
                    "reports: carve a validation set out of the training rows for it."
                )
                related = (context.related("The same rows are scored here.", evaluation.node),)
                yield self.finding(context, choice.argument or choice.node, message, severity, related, choice)

    def fix(self, context: Context, finding: Finding, place: object) -> Fix | None:
        return carve_validation(context, place) if isinstance(place, Choice) else None


def chosen_on_reported(flow: Flow, choice: Choice, evaluation: Evaluation) -> bool:
    """Whether the rows of the choice are those reported, and no other held-out score of the model is."""
    if evaluation.kind is not EvaluationKind.METRIC or not evaluation.held_out:
        return False
    if not overlap(choice.rows, evaluation.rows):
        return False
    parted = parting(evaluation.trained, evaluation.rows)
    if parted is not None and parted[0] in flow.splits and flow.splits[parted[0]].folds:
        return False  # early stopping inside cross-validation is another matter
    return not any(
        e.held_out and e.kind is EvaluationKind.METRIC and choice in e.choices and not overlap(choice.rows, e.rows)
        for e in flow.evaluations
    )


def carve_validation(context: Context, choice: Choice) -> Fix | None:
    """Split a validation set off the training rows and watch that instead; for literal names only."""
    call = choice.node
    if not isinstance(call, ast.Call) or len(call.args) < 2 or choice.argument is None:
        return None
    features, labels = call.args[0], call.args[1]
    if not isinstance(features, ast.Name) or not isinstance(labels, ast.Name):
        return None
    pair = _watched_pair(choice.argument, features.id)
    statement = context.statement_of(call)
    if pair is None or statement is None:
        return None
    editor = Editor(context)
    split = editor.name_for("sklearn.model_selection", "train_test_split")
    if split is None:
        return None
    names = [editor.unused(n) for n in ("X_fit", "X_val", "y_fit", "y_val")]
    line = f"{', '.join(names)} = {split}({features.id}, {labels.id}, test_size=0.2, random_state=0)"
    if not editor.insert_before(statement[0], line):
        return None
    fit_features, watched_features, fit_labels, watched_labels = names
    replaced = {
        pair[0].id: watched_features,
        pair[1].id: watched_labels,
        features.id: fit_features,
        labels.id: fit_labels,
    }
    editor.replace(features, fit_features)
    editor.replace(labels, fit_labels)
    editor.replace(choice.argument, editor.substituted(choice.argument, replaced))
    return Fix("Choose on a validation set taken from the training rows", FixClass.SAFE, editor.edits)


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
