"""Candidates best first, and what one becomes as an objective: aggregate, warnings, reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cst_tools.objective_candidates import Candidate
from cst_tools.objective_loops import Loop, LoopKind
from cst_tools.objective_sinks import Shown
from cst_tools.objective_sources import Partition
from cst_tools.script import Script
from cst_tools.types import Aggregate, Direction, Objective, ObjectiveKind
from cst_tools.walking import walk

HOW_TO_CHOOSE = (
    "to choose another, end its line with '# mlestar: objective'"
    ", or set objective to its variable, its metric or its expression"
)


_PARTITION_RANK = {
    Partition.TRAIN: 0,
    Partition.UNKNOWN: 1,
    Partition.VALIDATION: 2,
    Partition.CROSS: 2,
    Partition.TEST: 3,
}
_FINAL_RANK = {
    LoopKind.BATCH: 0,
    LoopKind.EPOCH: 1,
    LoopKind.OTHER: 1,
    LoopKind.TRIAL: 2,
    LoopKind.CHOICE: 2,
    LoopKind.FOLD: 2,
    LoopKind.SEED: 2,
}
_CRITERION = re.compile(r"^loss\b|nll_loss|cross_entropy|criterion|the loss")
"""What networks report before their metric: ``loss, accuracy = model.evaluate(...)``."""
_HALF = frozenset(("precision", "recall", "specificity", "hamming_loss", "max_error", "ks"))
"""Metrics that can be won by giving up the other half: no first choice."""


def _rank(candidate: Candidate) -> tuple[int, ...]:
    value = candidate.value
    final = min((_FINAL_RANK[loop.kind] for loop in candidate.loops), default=3)
    shown = {Shown.KEPT: 0, Shown.RETURNED: 1, Shown.LOGGED: 2, Shown.PRINTED: 2}[candidate.shown]
    return (
        int(candidate.visit.reached and not candidate.visit.guarded),
        int(value.partition is not Partition.TRAIN),
        int(not (value.generic and value.certainty < 2)),
        int(final > 0),
        int(shown > 0),
        final,
        int(value.certainty >= 2),
        _PARTITION_RANK[value.partition],
        int(not value.generic),
        int(value.metric not in _HALF),
        shown,
        candidate.group,
    )


def ranked_candidates(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Best first. Among equals the first metric of the last evaluation, as it is last computed, leads."""
    ranked: list[Candidate] = []
    of_rank: dict[tuple[int, ...], list[Candidate]] = {}
    for candidate in candidates:
        of_rank.setdefault(_rank(candidate), []).append(candidate)
    for key in sorted(of_rank, reverse=True):
        tied = sorted(of_rank[key], key=lambda c: (c.order, c.position))
        last_line = [c for c in tied if c.order == tied[-1].order]
        lead_metric = tied[0].value.metric if len(last_line) == 1 else _first_of(last_line).value.metric
        same = [c for c in tied if c.value.metric == lead_metric]
        lead = next(c for c in same if c.order == same[-1].order)
        ranked.append(lead)
        ranked.extend(c for c in reversed(_lines(tied)) if c is not lead)
    if ranked and _is_criterion(ranked[0]):
        beside = [c for c in ranked if c.order == ranked[0].order and not _is_criterion(c) and c.value.certainty >= 2]
        if beside:
            ranked.remove(beside[0])
            ranked.insert(0, beside[0])
    return ranked


def _first_of(line: list[Candidate]) -> Candidate:
    """The first number of a line, unless it is the criterion that training minimises and a metric stands beside it."""
    return next((c for c in line if not _is_criterion(c)), line[0])


def _is_criterion(candidate: Candidate) -> bool:
    return _CRITERION.search(f"{candidate.value.metric} {candidate.value.how}") is not None


def _lines(candidates: list[Candidate]) -> list[Candidate]:
    """Statements in order, the numbers of one statement reversed, so that reversing the whole keeps their order."""
    return sorted(candidates, key=lambda c: (c.order, -c.position))


# ---------------------------------------------------------------------- from candidate to objective


@dataclass(frozen=True)
class _Summary:
    aggregate: Aggregate
    words: str
    warnings: tuple[str, ...] = ()


def _aggregate(candidate: Candidate) -> _Summary:
    best = Aggregate.MAX if candidate.value.direction is Direction.MAXIMIZE else Aggregate.MIN
    kinds = [loop.kind for loop in candidate.loops]
    if not kinds:
        if candidate.visit.times > 1:
            return _Summary(Aggregate.LAST, "the last of the values it takes")
        return _Summary(Aggregate.LAST, "")
    outer = next((kind for kind in kinds if kind in (LoopKind.FOLD, LoopKind.SEED)), None)
    if outer is not None:
        if any(kind in (LoopKind.EPOCH, LoopKind.BATCH) for kind in kinds):
            warning = "it is computed in every epoch of every fold, and the mean is over all of them"
            return _Summary(Aggregate.MEAN, "the mean over folds and epochs", (warning,))
        return _Summary(Aggregate.MEAN, f"the mean over {outer.value}")
    if LoopKind.TRIAL in kinds:
        return _Summary(best, "the best of the trials")
    if LoopKind.CHOICE in kinds:
        return _Summary(best, "the best of the models or settings that the loop tries")
    if LoopKind.EPOCH in kinds:
        if any(_tracks_best(loop, candidate) for loop in candidate.loops):
            return _Summary(best, "the best epoch, which the script keeps track of")
        return _Summary(Aggregate.LAST, "the last epoch")
    if LoopKind.BATCH in kinds:
        return _Summary(
            Aggregate.MEAN, "the mean over batches", ("it is computed batch by batch, not on all rows at once",)
        )
    return _Summary(Aggregate.LAST, "the last time through the loop")


def _tracks_best(loop: Loop, candidate: Candidate) -> bool:
    names = {name for name in (*candidate.names, candidate.label or "") if name}
    for node in walk(loop.node):
        if isinstance(node, ast.Compare) or (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("max", "min")
        ):
            text = ast.unparse(node)
            if "best" in text and any(re.search(rf"\b{re.escape(name)}\b", text) for name in names):
                return True
    return False


_SHOWN_WORDS = {
    Shown.PRINTED: "printed",
    Shown.LOGGED: "logged",
    Shown.RETURNED: "returned",
    Shown.KEPT: "kept in a variable",
}


def objective_of(script: Script, candidate: Candidate, ranked: Sequence[Candidate]) -> Objective:
    """The objective that a candidate is, with the reason beside the others."""
    value = candidate.value
    summary = _aggregate(candidate)
    warnings = [*value.warnings, *summary.warnings]
    if value.partition is Partition.TRAIN:
        warnings.append("it is computed on the rows the model was trained on, so it rewards overfitting")
    line = script.index.line_of(candidate.span.start) + 1
    reason = f"{value.metric} ({value.how}) {_SHOWN_WORDS[candidate.shown]} on line {line}"
    if value.partition is not Partition.UNKNOWN:
        reason += f", on {value.partition.value}"
    if summary.words:
        reason += f"; {summary.words}"
    if ranked and candidate is ranked[0]:
        beside = [c for c in ranked if c is not candidate and c.order == candidate.order]
        if beside:
            others = ", ".join(dict.fromkeys(c.value.metric for c in beside))
            first = "metric" if any(_is_criterion(c) for c in beside) else "number"
            reason += f"; the first {first} of the last evaluation, beside {others}"
        if len(ranked) > 1:
            reason += f"; {HOW_TO_CHOOSE}"
    return Objective(
        kind=ObjectiveKind.EXPRESSION,
        expression=script.slice(candidate.span),
        span=candidate.span,
        metric=value.metric,
        direction=value.direction,
        aggregate=summary.aggregate,
        reason=reason,
        label=candidate.label,
        warnings=tuple(warnings),
    )
