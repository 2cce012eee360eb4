"""Algorithm 2, outer step: measure what each block contributes.

Baseline over seeds → noise; the mechanical variants of the same script over the same seeds → paired impacts. The
first seed of every variant runs before the second of any, so that a study cut short has seen every block.
"""

from __future__ import annotations

import asyncio
import time

from cst_tools.ablation import Variant
from cst_tools.analysis import Analysis
from cst_tools.gates import check_variant

from cst_tools.edits import apply_patches
from cst_tools.types import Facts, Objective
from mlestar.agents import ablation, summarizer
from mlestar.agents.summarizer import AblationRuns
from mlestar.engine.acceptance import SELECTION_SEEDS
from mlestar.engine.study import Program, Study, baseline_of, describe, gather
from mlestar.engine.types import AblationReport, Baseline, EventKind
from mlestar.runs.types import RunResult, RunStatus
from mlestar.types import Impact

BROKE = frozenset({RunStatus.CRASHED, RunStatus.EXITED, RunStatus.NO_SCORE, RunStatus.BAD_SCORE})
"""Outcomes that a variant brings about itself."""


class BaselineFailed(Exception):
    """The script as it is gives no score; the message says why and what to do."""


async def measure_baseline(study: Study, program: Program) -> tuple[dict[int, float], Baseline, Facts]:
    """Scores of the script as it is, over the selection seeds, and what its ``fit`` calls saw.

    Raises:
        BaselineFailed: no seed gave a score.
    """
    seeds = range(SELECTION_SEEDS, SELECTION_SEEDS + study.settings.baseline_seeds)
    scores, results = await study.scores(program, seeds, probes=True, priority=10)
    if not scores:
        raise BaselineFailed(explain_failure(results[0]))
    baseline = baseline_of(scores, study.seconds_a_run)
    facts = results[0].facts or Facts()
    study.emit(
        EventKind.BASELINE, f"baseline {baseline.mean:.6g}, noise {baseline.noise or 0:.2g} over {len(scores)} seeds"
    )
    return scores, baseline, Facts(facts.fits, dict(study.interpreter.packages))


def explain_failure(result: RunResult) -> str:
    """Why the user's own script gave no score, and what to do about it."""
    if result.status is RunStatus.CANCELLED:
        return f"{result.reason}; give it more with --budget"
    advice = {
        RunStatus.NO_SCORE: "point to the score with a comment `# mlestar: objective` on its line",
        RunStatus.TIMEOUT: "give one run more time with --timeout, or make the script faster",
        RunStatus.OUT_OF_MEMORY: "close other programs, or run fewer at a time with --parallel 1",
    }.get(result.status, "run the script by itself to see it; arguments go after `--` or into `arguments`")
    return f"the script does not give a score as it is ({describe(result)}); {advice}"


def variant_programs(
    analysis: Analysis, variants: tuple[Variant, ...]
) -> tuple[list[tuple[Variant, Program]], list[AblationRuns]]:
    """Variants that can be run, and those that the gates refuse (a part the script cannot do without)."""
    good: list[tuple[Variant, Program]] = []
    refused: list[AblationRuns] = []
    titles = {block.id: block.title for block in analysis.blocks}
    for variant in variants:
        applied = apply_patches(analysis.script, analysis.blocks, variant.patches)
        checked = applied if isinstance(applied, str) else check_variant(analysis, applied.text, variant.patches)
        if isinstance(checked, str):
            refused.append(AblationRuns(variant, {}, checked))
        else:
            label = f"{titles.get(variant.block_id, variant.block_id)}: {variant.description}"
            good.append((variant, Program(checked[0], checked[1], label)))
    return good, refused


async def ablate(study: Study, analysis: Analysis, objective: Objective) -> AblationReport:
    """Measure every block that can be left out. The report is kept in the journal as it grows."""
    program = Program(analysis, objective, "baseline")
    try:
        variants = await ablation.ablate(analysis)
        runnable, refused = variant_programs(analysis, variants)
        seeds = list(range(SELECTION_SEEDS, SELECTION_SEEDS + study.settings.baseline_seeds))
        study.planned = len(seeds) * (1 + len(runnable))
        study.emit(
            EventKind.STARTED, f"ablation of {study.snapshot.path.name}: {len(runnable)} variants, {len(seeds)} seeds"
        )
        baseline_scores, baseline, facts = await measure_baseline(study, program)
    except BaselineFailed as failure:
        return _report(study, analysis, objective, None, (), complete=False, problem=str(failure))

    scores: list[dict[int, float]] = [{} for _ in runnable]
    failures: list[RunResult | None] = [None for _ in runnable]

    async def one(index: int, seed: int) -> RunResult:
        # a variant that failed at its first seed is not tried at the others
        if failures[index] is not None:
            return RunResult(RunStatus.CANCELLED, None, "an earlier seed failed")
        result = await study.run(runnable[index][1], seed)
        if result.score is not None:
            scores[index][seed] = result.score
        elif failures[index] is None:
            failures[index] = result
        await publish(complete=False)
        return result

    async def summary() -> tuple[AblationRuns, ...]:
        runs = list(refused)
        for (variant, _), found, failed in zip(runnable, scores, failures, strict=True):
            runs.append(
                AblationRuns(
                    variant, dict(found), describe(failed) if failed else None, bool(failed and failed.status in BROKE)
                )
            )
        return tuple(runs)

    async def publish(*, complete: bool) -> AblationReport:
        impacts = await summarizer.summarize(analysis.blocks, await summary(), baseline_scores, objective.direction)
        latest = _report(study, analysis, objective, baseline, impacts, complete=complete, facts=facts)
        study.journal.save_report(study.id, latest)
        return latest

    try:
        for seed in [s for s in seeds if s in baseline_scores]:
            await gather([one(index, seed) for index in range(len(runnable))])
    except asyncio.CancelledError:
        await publish(complete=False)
        raise
    cut_short = any(f is not None and f.status is RunStatus.CANCELLED for f in failures) or study.budget.spent
    latest = await publish(complete=not cut_short)
    for impact in latest.impacts:
        study.emit(EventKind.IMPACT, f"{impact.block_id}: {impact.variant}", impact=impact)
    return latest


def _report(
    study: Study,
    analysis: Analysis,
    objective: Objective,
    baseline: Baseline | None,
    impacts: tuple[Impact, ...],
    *,
    complete: bool,
    problem: str | None = None,
    facts: Facts | None = None,
) -> AblationReport:
    return AblationReport(
        study.id,
        objective,
        baseline,
        impacts,
        analysis.blocks,
        study.cost,
        complete,
        problem,
        finished_at=time.time(),
        text=analysis.script.text,
        facts=facts or Facts(),
    )
