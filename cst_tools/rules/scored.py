"""Scores of a program by what they are asked for: worked out once, looked up by every rule on choosing."""

from __future__ import annotations

from dataclasses import dataclass, field

from cst_tools.flow.values import Choice, Evaluation, EvaluationKind, Flow, Rows


@dataclass(frozen=True)
class Scored:
    """Scores by single-number metrics."""

    held_out: list[Evaluation] = field(default_factory=list)
    """Of rows that the model was not trained on."""
    by_choice: dict[Choice, list[Evaluation]] = field(default_factory=dict)
    """Of a model that the choice was made for."""
    by_rows: dict[int, list[Evaluation]] = field(default_factory=dict)
    """Of rows of the table with that number, whether trained on or not."""
    by_trained: dict[int, list[Evaluation]] = field(default_factory=dict)
    """Of models trained on rows of the table with that number, on other rows."""

    def of_rows(self, rows: Rows) -> list[Evaluation]:
        """Those that can be about some of ``rows``, in order."""
        return _joined(self.by_rows, rows)

    def trained_on(self, rows: Rows) -> list[Evaluation]:
        """Those of models that can have been trained on some of ``rows``, in order."""
        return _joined(self.by_trained, rows)


def _joined(index: dict[int, list[Evaluation]], rows: Rows) -> list[Evaluation]:
    roots = {part.root for part in rows}
    if len(roots) == 1:
        return index.get(next(iter(roots)), [])
    found = {e.order: e for root in roots for e in index.get(root, ())}
    return [found[order] for order in sorted(found)]


def scored(flow: Flow) -> Scored:
    """The scores of a program."""
    found: Scored | None = flow.cache.get("scored")
    if found is None:
        found = flow.cache["scored"] = _indexed(flow)
    return found


def _indexed(flow: Flow) -> Scored:
    found = Scored()
    for evaluation in flow.evaluations:
        if evaluation.kind is not EvaluationKind.METRIC:
            continue
        for root in {part.root for part in evaluation.rows}:
            found.by_rows.setdefault(root, []).append(evaluation)
        if not evaluation.held_out:
            continue
        found.held_out.append(evaluation)
        for choice in evaluation.choices:
            found.by_choice.setdefault(choice, []).append(evaluation)
        for root in {part.root for part in evaluation.trained}:
            found.by_trained.setdefault(root, []).append(evaluation)
    return found
