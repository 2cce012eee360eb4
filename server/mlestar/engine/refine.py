"""Algorithm 2, inner loop: plan → code → gates → screen → confirm, for one block.

Plans are carried out by the coder and must pass the structural gates before anything runs. Screening is successive
halving over the selection seeds: every candidate at the first seed, the better half at the next. The best by
selection is then *confirmed* on seeds and splits that played no part in choosing; at most `MAX_CONFIRMATIONS` try.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from cst_tools.ablation import Variant
from cst_tools.analysis import Analysis
from cst_tools.edits import Applied, apply_patches
from cst_tools.gates import check_variant
from cst_tools.types import Block, Objective
from mlestar.agents import coder, planner
from mlestar.engine.ablate import Measured
from mlestar.engine.acceptance import (
    CONFIRMATION_SEEDS,
    MAX_CONFIRMATIONS,
    SELECTION_SEEDS,
    confidence_of,
    effect_of,
    judge,
    paired_gains,
)
from mlestar.engine.modules import split_moves
from mlestar.engine.study import Program, Study, describe, gather, other_evaluation
from mlestar.engine.types import CandidateReport, EventKind
from mlestar.runs.types import RunResult, RunStatus
from mlestar.types import BlockContext, NotApplicable, Plan, Rewrite, Verdict


@dataclass
class _Trial:
    """One candidate on its way: mutable while the study runs, frozen into a `CandidateReport` afterwards."""

    plan: Plan
    rewrite: Rewrite | None = None
    applied: Applied | None = None
    program: Program | None = None
    scores: dict[int, float] = field(default_factory=dict)
    fresh: dict[int, float] = field(default_factory=dict)
    """Its scores on the confirmation seeds; ``reference`` holds the baseline's."""
    reference: dict[int, float] = field(default_factory=dict)
    confidence: float = 0.95
    evaluations: list[tuple[str, ...]] = field(default_factory=list)
    verdict: Verdict = Verdict.UNDECIDED
    reason: str = ""
    runs: int = 0


async def refine(
    study: Study,
    analysis: Analysis,
    objective: Objective,
    block: Block,
    baseline: Measured,
    *,
    plan_id: str | None = None,
    harmful: Sequence[Variant] = (),
) -> tuple[CandidateReport, ...]:
    """Candidates for ``block``, the confirmed one (if any) first, then by what was measured."""
    context = BlockContext(
        analysis.script, analysis.blocks, objective, block, baseline.facts, dict(study.interpreter.packages)
    )
    of_block = [v for v in harmful if v.block_id == block.id]
    plans = await planner.plan(context, (), of_block)
    chosen = [p for p in plans if plan_id in (None, p.id)][: study.settings.max_plans if plan_id is None else 1]
    trials = [await _code(study, analysis, context, plan, of_block) for plan in chosen]
    runnable = [t for t in trials if t.program is not None]
    study.planned = study.done + _forecast_runs(study, len(runnable), len(baseline.scores))
    await _screen(study, objective, baseline, runnable)
    await _confirm(study, objective, baseline, runnable)
    reports = sorted((_report(objective, baseline, t) for t in trials), key=_standing, reverse=True)
    for report in reports:
        study.emit(EventKind.VERDICT, f"{report.plan.title}: {report.verdict.value}", candidate=report)
    return tuple(reports)


def _forecast_runs(study: Study, candidates: int, selection_seeds: int) -> int:
    total, alive = 0, candidates
    for _ in range(min(study.settings.screening_seeds, selection_seeds)):
        total += alive
        alive = max(1, (alive + 1) // 2) if alive else 0
    return total + (2 * study.settings.confirmation_seeds if candidates else 0)


async def _code(
    study: Study, analysis: Analysis, context: BlockContext, plan: Plan, harmful: Sequence[Variant]
) -> _Trial:
    """Carry the plan out and pass the gates; a refusal is a trial with a reason."""
    trial = _Trial(plan)
    study.emit(EventKind.PLAN, plan.title)
    outcome = await coder.code(context, plan, harmful)
    if isinstance(outcome, NotApplicable):
        trial.verdict, trial.reason = Verdict.REJECTED, outcome.reason
        return trial
    trial.rewrite = outcome
    applied = apply_patches(analysis.script, analysis.blocks, outcome.patches)
    if isinstance(applied, str):
        trial.verdict, trial.reason = Verdict.REJECTED, applied
        return trial
    checked = check_variant(analysis, applied.text, outcome.patches, roles=study.settings.roles)
    if isinstance(checked, str):
        trial.verdict, trial.reason = Verdict.REJECTED, checked
        return trial
    trial.applied = applied
    trial.program = Program(checked[0], checked[1], f"{context.block.title}: {plan.title}")
    return trial


async def _screen(study: Study, objective: Objective, baseline: Measured, trials: list[_Trial]) -> None:
    """Successive halving over the selection seeds; failures leave at once."""
    seeds = sorted(s for s in baseline.scores if s >= SELECTION_SEEDS)[: study.settings.screening_seeds]
    alive = list(trials)
    for seed in seeds:
        await gather([_score(study, t, seed, baseline.results[seed]) for t in alive])
        alive = [t for t in alive if seed in t.scores]
        alive.sort(key=lambda t: _selection_gain(objective, baseline, t), reverse=True)
        for loser in alive[max(1, (len(alive) + 1) // 2) :]:
            loser.verdict, loser.reason = Verdict.SCREENED_OUT, "others did better in screening"
        alive = alive[: max(1, (len(alive) + 1) // 2)]


async def _score(study: Study, trial: _Trial, seed: int, reference: RunResult) -> None:
    """Run the candidate at ``seed`` and keep its score if it can be compared with the baseline's (``reference``)."""
    if trial.program is None:
        return
    result = await study.run(trial.program, seed)
    trial.runs += 1
    _take(trial, seed, result, reference, fresh=False)


def _take(trial: _Trial, seed: int, result: RunResult, reference: RunResult, *, fresh: bool) -> None:
    """Keep a score that can be compared with the baseline's at the same seed; else why there is none."""
    if result.score is None and result.status is RunStatus.CANCELLED:
        trial.verdict, trial.reason = Verdict.UNDECIDED, result.reason
    elif result.score is None:
        trial.verdict, trial.reason = Verdict.FAILED, describe(result)
    elif (other := other_evaluation(reference, result)) is not None:
        trial.verdict, trial.reason = Verdict.REJECTED, other
    else:
        (trial.fresh if fresh else trial.scores)[seed] = result.score


def _selection_gain(objective: Objective, baseline: Measured, trial: _Trial) -> float:
    gains = paired_gains(objective.direction, baseline.scores, trial.scores)
    return statistics.fmean(gains) if gains else float("-inf")


async def _confirm(study: Study, objective: Objective, baseline: Measured, trials: list[_Trial]) -> None:
    """Fresh seeds for the best by selection, one after another, until one is confirmed."""
    wanted = study.settings.confirmation_seeds
    seeds = range(CONFIRMATION_SEEDS, CONFIRMATION_SEEDS + wanted)
    contenders = [t for t in trials if t.scores and t.verdict is Verdict.UNDECIDED and not t.reason]
    contenders.sort(key=lambda t: _selection_gain(objective, baseline, t), reverse=True)
    for attempt, trial in enumerate(contenders):
        if _selection_gain(objective, baseline, trial) <= 0:
            trial.verdict, trial.reason = Verdict.SCREENED_OUT, "it did not gain in screening"
            continue
        if attempt >= MAX_CONFIRMATIONS:
            trial.reason = (
                f"the {MAX_CONFIRMATIONS} best by screening had their confirmation; run again to try this plan alone"
            )
            continue
        assert trial.program is not None
        await gather([_pair(study, baseline.program, trial, seed) for seed in seeds])
        gains = paired_gains(objective.direction, trial.reference, trial.fresh)
        if trial.verdict in (Verdict.FAILED, Verdict.REJECTED):
            trial.reason = f"on a confirmation seed: {trial.reason}"
            continue
        fixed = _fixed_split(study, baseline, trial)
        trial.confidence = confidence_of(study.confirmations)
        study.confirmations += 1
        trial.verdict, _, trial.reason = judge(gains, wanted, trial.confidence, fixed_split=fixed)
        study.emit(EventKind.VERDICT, f"{trial.plan.title}: {trial.verdict.value}")
        if trial.verdict is Verdict.BETTER:
            for other in contenders[attempt + 1 :]:
                other.verdict, other.reason = Verdict.SCREENED_OUT, "a better one was confirmed first"
            return


async def _pair(study: Study, program: Program, trial: _Trial, seed: int) -> None:
    """Baseline and candidate at one seed. Together where they share work; else one after the other, so that a budget
    that ends early leaves whole pairs."""
    assert trial.program is not None
    candidate: RunResult | None
    if study.shares(program):
        result, candidate = await gather([study.run(program, seed, priority=1), study.run(trial.program, seed)])
    else:
        result = await study.run(program, seed)
        candidate = await study.run(trial.program, seed) if result.score is not None else None
    trial.runs += 1 if candidate is None else 2
    if result.score is not None and candidate is not None:
        trial.reference[seed] = result.score
        trial.evaluations.append(result.evaluation)
        _take(trial, seed, candidate, result, fresh=True)


def _fixed_split(study: Study, baseline: Measured, trial: _Trial) -> bool:
    """Were the rows that chose the candidate also those that judged it? By what was scored; else by the code."""
    seen = [*trial.evaluations, *(r.evaluation for r in baseline.results.values())]
    if all(seen):
        return bool(set(seen[0]).intersection(*seen[1:]))
    return not split_moves(baseline.program.script, study.snapshot.path)


def _report(objective: Objective, baseline: Measured, trial: _Trial) -> CandidateReport:
    selection = effect_of(paired_gains(objective.direction, baseline.scores, trial.scores))
    confirmed = effect_of(paired_gains(objective.direction, trial.reference, trial.fresh), trial.confidence)
    before, after = (trial.reference, trial.fresh) if confirmed else (baseline.scores, trial.scores)
    pairs = before.keys() & after.keys()
    return CandidateReport(
        rewrite=trial.rewrite,
        plan=trial.plan,
        verdict=trial.verdict,
        reason=trial.reason,
        selection=selection,
        confirmed=confirmed,
        runs=trial.runs,
        before=statistics.fmean(before[s] for s in pairs) if pairs else None,
        after=statistics.fmean(after[s] for s in pairs) if pairs else None,
        new_text=trial.applied.text if trial.applied else None,
        edits=trial.applied.edits if trial.applied else (),
    )


_ORDER = (
    Verdict.REJECTED,
    Verdict.FAILED,
    Verdict.SCREENED_OUT,
    Verdict.WORSE,
    Verdict.NO_DIFFERENCE,
    Verdict.UNDECIDED,
    Verdict.BETTER,
)


def _standing(report: CandidateReport) -> tuple[int, float]:
    effect = report.confirmed or report.selection
    return (_ORDER.index(report.verdict), effect.mean if effect else float("-inf"))
