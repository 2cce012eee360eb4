"""L401: the target among the features."""

from __future__ import annotations

from collections.abc import Iterator

from cst_tools.flow.values import Flow, Training
from cst_tools.rules.rule import Context, Rule
from cst_tools.types import Finding, Severity


class TargetAmongFeatures(Rule):
    """The column to be predicted, or a copy or recoding of it, is still among the features."""

    code = "L401"
    slug = "target-in-features"

    def check(self, context: Context) -> Iterator[Finding]:
        seen: set[object] = set()
        for training in context.flow.trainings:
            names = target_columns(training)
            columns = training.features.columns
            if not names or columns is None:
                continue
            node = columns.site or training.node
            place = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
            if place in seen:
                continue
            seen.add(place)
            shown = ", ".join(f"`{n}`" if not n.startswith("#") else f"column {n[1:]}" for n in sorted(names))
            severity = Severity.ERROR if is_scored(context.flow, training) else Severity.INFORMATION
            message = f"The target {shown} is still among the features that line {training.key[0]} trains on: drop it."
            related = (context.related("The model is trained on it here.", training.node),)
            yield self.finding(context, node, message, severity, related)


def target_columns(training: Training) -> frozenset[str]:
    """The target's columns, copies included, that are certainly among the features."""
    features, target = training.features.columns, training.target.columns
    if features is None or target is None or not training.follows_columns or features.table != target.table:
        return frozenset()
    if target.only is None or len(target.only) > 8 or not target.sure:
        return frozenset()
    if training.features.rows != training.target.rows:
        return frozenset()  # shifted against each other: yesterday's value is no leak
    return frozenset(name for name in features.same_content(target.only) if features.holds(name))


def is_scored(flow: Flow, training: Training) -> bool:
    return any(training.model in e.models for e in flow.evaluations) or bool(flow.evaluations)
