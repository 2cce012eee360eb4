"""Algorithm 2, outer step: measure what each block contributes.

Baseline over seeds → noise; the mechanical variants of the same script over the same seeds → paired impacts. The
first seed of every variant runs before the second of any, so that a study cut short has seen every block.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cst_tools.ablation import Variant
from cst_tools.analysis import Analysis
from cst_tools.edits import apply_patches
from cst_tools.gates import check_variant
from cst_tools.types import Facts, Objective
from mlestar.agents import ablation, summarizer
from mlestar.agents.summarizer import AblationRuns
from mlestar.engine.acceptance import SELECTION_SEEDS
from mlestar.engine.data_roles import data_roles
from mlestar.engine.failures import explain_failure
from mlestar.engine.fidelity import BASELINE, SHORT_S, plan_screening
from mlestar.engine.fidelity_trust import trust_of
from mlestar.engine.screening import Screening
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
from mlestar.runs.types import Fidelity, RunResult, RunStatus

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
    return measured_from(study, program, await study.over_seeds(program, seeds, probes=True, priority=10))


def measured_from(study: Study, program: Program, results: Mapping[int, RunResult]) -> Measured:
    """What the runs of the script as it is say. Raises BaselineFailed when none gave a score."""
    scored = {seed: result for seed, result in results.items() if result.score is not None}
    if not scored:
        first = results[SELECTION_SEEDS]
        words = explain_failure(first, study.interpreter)
        raise BaselineFailed(words, out_of_budget=first.status is RunStatus.CANCELLED)
    baseline = baseline_of(scores_of(scored), study.seconds_a_run)
    noise = "" if baseline.noise is None else f", noise {baseline.noise:.2g}"
    study.emit(EventKind.BASELINE, f"baseline {baseline.mean:.6g}{noise} over {len(scored)} seeds")
    facts = next((result.facts for result in scored.values() if result.facts is not None), None) or Facts()
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
        report = await _measured_once(study, analysis, objective, program)
        if study.distrusted is not None:  # the runs that shared work are forgotten; now each is made on its own
            report = await _measured_once(study, analysis, objective, program)
        return report
    except BaselineFailed as failure:
        empty = AblationReport("", objective, None, (), analysis.blocks, study.cost, False, str(failure))
        return replace(
            empty,
            study_id=study.id,
            finished_at=time.time(),
            text=analysis.script.text,
            out_of_budget=failure.out_of_budget,
        )


async def _measured_once(study: Study, analysis: Analysis, objective: Objective, program: Program) -> AblationReport:
    board = _Board(study, analysis, objective, program)
    try:
        report = await board.measure()
        await study.settled()
        return report
    finally:
        await board.end()


class _Board:
    """The runs of one ablation. Where runs share work, all are asked for at once, before the script as it is has a
    score: what its ``fit`` calls saw then only says which variants were not needed, or are missing.
    """

    def __init__(self, study: Study, analysis: Analysis, objective: Objective, program: Program) -> None:
        self._study, self._analysis, self._objective, self._program = study, analysis, objective, program
        self._seeds = list(range(SELECTION_SEEDS, SELECTION_SEEDS + study.settings.baseline_seeds))
        self._runs: dict[tuple[str, int], asyncio.Task[RunResult]] = {}
        self._screening: Screening | None = None

    async def measure(self) -> AblationReport:
        """Raises BaselineFailed."""
        study, program = self._study, self._program
        first = self._start(program, self._seeds[0], probes=True)
        screens = study.settings.screening == "auto" and study.usual_cpu_s(SHORT_S) >= SHORT_S
        if study.shares(program) and not screens:
            await self._start_all(Facts())
        results = {self._seeds[0]: await first}
        if results[self._seeds[0]].score is None:
            return await self._measured(results)  # raises, at the price of one run
        facts = results[self._seeds[0]].facts or Facts()
        facts = Facts(facts.fits, dict(study.interpreter.packages))
        tiers = self._tiers(results[self._seeds[0]], facts) if screens else ()
        if len(tiers) > 1:
            return await self._screened(results, facts, tiers)
        runnable, refused = await self._start_all(facts)
        for seed in self._seeds[1:]:
            results[seed] = await self._start(program, seed)
        return await self._measured(results, runnable, refused)

    def _tiers(self, first: RunResult, facts: Facts) -> tuple[Fidelity, ...]:
        """How the variants are screened; one tier, the full one, when that would save nothing."""
        rows = max((fit.rows for fit in facts.fits if fit.rows), default=None)
        classes = min((fit.class_counts for fit in facts.fits if fit.class_counts), key=min, default=())
        seconds = first.cpu_s + first.shared_s
        known = self._study.journal.reports(self._study.snapshot.path, "ablation", AblationReport)
        trust = trust_of([agreement for _, report in known for agreement in report.agreements])
        roles = data_roles(self._analysis)
        return plan_screening(rows, seconds, class_counts=classes, roles=roles, trust=trust)

    async def _screened(self, results: dict[int, RunResult], facts: Facts, tiers: Sequence[Fidelity]) -> AblationReport:
        """Every variant on less data, then in full those that may matter most."""
        runnable, refused = await self._start_all(facts, begin=False)
        programs = {program.script.text: program for _, program in runnable}
        screening = Screening(self._study, self._program, programs, tiers, self._seeds, self._objective.direction)
        self._screening = screening
        await screening.run(results[self._seeds[0]])
        for seed in self._seeds:
            self._start(self._program, seed)
            for name in screening.survivors:
                self._start(programs[name], seed)
        for seed in self._seeds[1:]:
            results[seed] = await self._start(self._program, seed)
            screening.measured(BASELINE, seed, results[seed])
        low = [
            AblationRuns(variant, found.scores, fidelity=found.tier, baseline=found.baseline, failure=found.why)
            for variant, program in runnable
            if (found := screening.low.get(program.script.text)) is not None
        ]
        survivors = [(v, program) for v, program in runnable if program.script.text in set(screening.survivors)]
        return await self._measured(results, survivors, [*refused, *low])

    async def _measured(
        self,
        results: Mapping[int, RunResult],
        runnable: Sequence[tuple[Variant, Program]] = (),
        refused: Sequence[AblationRuns] = (),
    ) -> AblationReport:
        study = self._study
        measured = measured_from(study, self._program, results)
        study.planned = len(measured.results) * (1 + len(runnable))
        trials = [_Trial(variant, program) for variant, program in runnable]

        async def publish(*, complete: bool) -> AblationReport:
            runs = [*refused, *(t.frozen for t in trials)]
            impacts, every = await summarizer.summarize(
                self._analysis.blocks, runs, measured.scores, self._objective.direction
            )
            latest = AblationReport(
                study.id, self._objective, measured.baseline, impacts, self._analysis.blocks, study.cost, complete,
                finished_at=time.time(), text=self._analysis.script.text, facts=measured.facts, variants=every,
                notes=study.notes, agreements=self._screening.agreements if self._screening else (),
            )  # fmt: skip
            study.journal.save_report(study.id, latest)
            return latest

        async def one(trial: _Trial) -> None:
            for seed in measured.results:
                if trial.over:  # a variant that failed at one seed is not tried at the others
                    self._drop(trial.program, seed)
                    continue
                result = await self._start(trial.program, seed)
                trial.take(seed, result, measured.results[seed])
                if self._screening is not None and not trial.over:
                    self._screening.measured(trial.program.script.text, seed, result)
                await publish(complete=False)

        try:
            await gather([one(trial) for trial in trials])
        except asyncio.CancelledError:
            await publish(complete=False)
            raise
        latest = await publish(complete=not measured.cut_short and not any(t.cut_short for t in trials))
        for impact in latest.impacts:
            study.emit(EventKind.IMPACT, f"{impact.block_id}: {impact.variant}", impact=impact)
        return latest

    async def _start_all(
        self, facts: Facts, *, begin: bool = True
    ) -> tuple[list[tuple[Variant, Program]], list[AblationRuns]]:
        """Ask for every run that ``facts`` call for and drop those that they do not."""
        found = await ablation.ablate(self._analysis, facts)
        variants = tuple(v for v in found if reaches_objective(self._analysis, self._objective, v.block_id))
        runnable, refused = variant_programs(self._analysis, variants, self._study.settings.roles)
        self._study.planned = len(self._seeds) * (1 + len(runnable))
        wanted = {self._program.script.text, *(program.script.text for _, program in runnable)}
        for text, seed in list(self._runs):
            if text not in wanted:
                self._runs.pop((text, seed)).cancel()
        for seed in self._seeds if begin else ():
            self._start(self._program, seed)
            for _, program in runnable:
                self._start(program, seed)
        return runnable, refused

    def _start(self, program: Program, seed: int, *, probes: bool = False) -> asyncio.Task[RunResult]:
        """The task of a run, begun if need be. The first seed of every variant goes before the second of any, so that
        a study cut short has seen every block; the script as it is goes before its variants.
        """
        key = (program.script.text, seed)
        if key not in self._runs:
            priority = (10 if program.original else 0) - self._seeds.index(seed)
            self._runs[key] = asyncio.ensure_future(self._study.run(program, seed, probes=probes, priority=priority))
        return self._runs[key]

    def _drop(self, program: Program, seed: int) -> None:
        task = self._runs.get((program.script.text, seed))
        if task is not None:
            task.cancel()

    async def end(self) -> None:
        """Nothing that was asked for goes on."""
        for task in self._runs.values():
            task.cancel()
        await asyncio.gather(*self._runs.values(), return_exceptions=True)


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
