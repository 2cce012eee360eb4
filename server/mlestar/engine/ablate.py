"""Algorithm 2, outer step: measure what each block contributes.

Baseline over seeds → noise; the mechanical variants of the same script over the same seeds → paired impacts. The
first seed of every variant runs before the second of any, so that a study cut short has seen every block.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cst_tools.ablation import Variant
from cst_tools.analysis import Analysis
from cst_tools.edits import apply_patches
from cst_tools.gates import check_variant
from cst_tools.types import Facts, Objective
from mlestar.agents import ablation, summarizer
from mlestar.agents.summarizer import AblationRuns
from mlestar.engine.acceptance import SELECTION_SEEDS
from mlestar.engine.failures import explain_failure
from mlestar.engine.study import (
    Program,
    Study,
    baseline_of,
    describe,
    gather,
    other_evaluation,
    scores_of,
)
from mlestar.engine.types import AblationReport, Baseline, EventKind
from mlestar.runs.types import RunResult, RunStatus

BROKE = frozenset({RunStatus.CRASHED, RunStatus.EXITED, RunStatus.NO_SCORE, RunStatus.BAD_SCORE})
"""Outcomes that a variant brings about itself."""


class BaselineFailed(Exception):
    """The script as it is gives no score; the message says why and what to do."""

    def __init__(self, message: str, *, out_of_budget: bool) -> None:
        super().__init__(message)
        self.out_of_budget = out_of_budget


@dataclass(frozen=True)
class Measured:
    """The script as it is: its outcomes on the selection seeds (all with a score), and what its ``fit`` calls saw."""

    program: Program
    results: Mapping[int, RunResult]
    baseline: Baseline
    facts: Facts
    cut_short: bool = False
    """The budget ended before every seed was run."""

    @property
    def scores(self) -> dict[int, float]:
        return scores_of(self.results)


async def measure_baseline(study: Study, program: Program) -> Measured:
    """Run the script as it is over the selection seeds.

    Raises:
        BaselineFailed: no seed gave a score.
    """
    seeds = range(SELECTION_SEEDS, SELECTION_SEEDS + study.settings.baseline_seeds)
    results = await study.over_seeds(program, seeds, probes=True, priority=10)
    scored = {seed: result for seed, result in results.items() if result.score is not None}
    if not scored:
        first = results[SELECTION_SEEDS]
        words = explain_failure(first, study.interpreter)
        raise BaselineFailed(words, out_of_budget=first.status is RunStatus.CANCELLED)
    baseline = baseline_of(scores_of(scored), study.seconds_a_run)
    noise = "" if baseline.noise is None else f", noise {baseline.noise:.2g}"
    study.emit(EventKind.BASELINE, f"baseline {baseline.mean:.6g}{noise} over {len(scored)} seeds")
    facts = results[SELECTION_SEEDS].facts or Facts()
    cut_short = any(result.status is RunStatus.CANCELLED for result in results.values())
    return Measured(program, scored, baseline, Facts(facts.fits, dict(study.interpreter.packages)), cut_short)


def variant_programs(
    analysis: Analysis, variants: tuple[Variant, ...], roles: Mapping[str, str]
) -> tuple[list[tuple[Variant, Program]], list[AblationRuns]]:
    """Variants that can be run, and those that the gates refuse (a part the script cannot do without)."""
    good: list[tuple[Variant, Program]] = []
    refused: list[AblationRuns] = []
    titles = {block.id: block.title for block in analysis.blocks}
    for variant in variants:
        applied = apply_patches(analysis.script, analysis.blocks, variant.patches)
        checked = (
            applied if isinstance(applied, str) else check_variant(analysis, applied.text, variant.patches, roles=roles)
        )
        if isinstance(checked, str):
            refused.append(AblationRuns(variant, {}, checked))
        else:
            label = f"{titles.get(variant.block_id, variant.block_id)}: {variant.description}"
            good.append((variant, Program(checked[0], checked[1], label)))
    return good, refused


async def ablate(study: Study, analysis: Analysis, objective: Objective) -> AblationReport:
    """Measure every block that can be left out. The report is kept in the journal as it grows."""
    program = Program(analysis, objective, "baseline", original=True)
    study.planned = study.settings.baseline_seeds
    study.emit(EventKind.STARTED, f"ablation of {study.snapshot.path.name}")
    try:
        measured = await measure_baseline(study, program)
    except BaselineFailed as failure:
        empty = AblationReport("", objective, None, (), analysis.blocks, study.cost, False, str(failure))
        return replace(
            empty,
            study_id=study.id,
            finished_at=time.time(),
            text=analysis.script.text,
            out_of_budget=failure.out_of_budget,
        )
    found = await ablation.ablate(analysis, measured.facts)
    variants = tuple(v for v in found if reaches_objective(analysis, objective, v.block_id))
    runnable, refused = variant_programs(analysis, variants, study.settings.roles)
    study.planned = len(measured.results) * (1 + len(runnable))
    trials = [_Trial(variant, program) for variant, program in runnable]

    async def publish(*, complete: bool) -> AblationReport:
        runs = [*refused, *(t.frozen for t in trials)]
        impacts, every = await summarizer.summarize(analysis.blocks, runs, measured.scores, objective.direction)
        latest = AblationReport(
            study.id, objective, measured.baseline, impacts, analysis.blocks, study.cost, complete,
            finished_at=time.time(), text=analysis.script.text, facts=measured.facts, variants=every,
        )  # fmt: skip
        study.journal.save_report(study.id, latest)
        return latest

    async def one(trial: _Trial, seed: int) -> None:
        if trial.over:  # a variant that failed at its first seed is not tried at the others
            return
        result = await study.run(trial.program, seed)
        trial.take(seed, result, measured.results[seed])
        await publish(complete=False)

    try:
        # the first seed of every variant before the second of any: a study cut short has seen every block
        for seed in measured.results:
            await gather([one(trial, seed) for trial in trials])
    except asyncio.CancelledError:
        await publish(complete=False)
        raise
    latest = await publish(complete=not measured.cut_short and not any(t.cut_short for t in trials))
    for impact in latest.impacts:
        study.emit(EventKind.IMPACT, f"{impact.block_id}: {impact.variant}", impact=impact)
    return latest


@dataclass
class _Trial:
    """One variant on its way."""

    variant: Variant
    program: Program
    scores: dict[int, float] = field(default_factory=dict)
    failure: str | None = None
    broke: bool = False
    cut_short: bool = False

    @property
    def over(self) -> bool:
        return self.failure is not None

    def take(self, seed: int, result: RunResult, reference: RunResult) -> None:
        """Keep a score that can be compared; else why there is none."""
        self.cut_short |= result.status is RunStatus.CANCELLED
        if result.score is None:
            self.failure = self.failure or describe(result)
            self.broke |= result.status in BROKE
        elif (other := other_evaluation(reference, result)) is not None:
            self.failure = other
            self.scores.clear()
        else:
            self.scores[seed] = result.score

    @property
    def frozen(self) -> AblationRuns:
        return AblationRuns(self.variant, dict(self.scores), self.failure, self.broke)


def reaches_objective(analysis: Analysis, objective: Objective, block_id: str) -> bool:
    """False for a block that only runs after the score is known, such as a plot or a file of predictions."""
    block = next((b for b in analysis.blocks if b.id == block_id), None)
    if block is None or objective.span is None:
        return True
    holders = [b for b in analysis.blocks if b.span.contains(objective.span)]
    return not holders or block.container != holders[0].container or block.order <= holders[0].order
