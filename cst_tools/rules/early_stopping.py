"""L302: the number of rounds, or the best version, chosen on the rows that are then reported."""

from __future__ import annotations

from collections.abc import Iterator

from cst_tools.flow.values import Choice, Evaluation, EvaluationKind, Flow, overlap
from cst_tools.rules.rule import Context, Rule, parting
from cst_tools.types import Finding, Severity


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
                yield self.finding(context, choice.argument or choice.node, message, severity, related)


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
