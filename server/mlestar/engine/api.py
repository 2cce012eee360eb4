"""What the command line and the server call: one object for all studies of a process.

Analysis is pure and instant. A study is a coroutine: cancelling its task kills its runs (the tree is dead before the
cancellation leaves here) and keeps what was finished in the journal, so that the same study resumes.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias, TypeVar

from cst_tools.ablation import Variant, ablation_variants
from cst_tools.analysis import Analysis, analyse
from cst_tools.script import Script
from cst_tools.types import Block, Facts, Objective
from mlestar import playbook
from mlestar.agents import extractor
from mlestar.agents.planner import harmful_variants, leave_out
from mlestar.config import Settings, workspace_of
from mlestar.engine.ablate import BaselineFailed, ablate, measure_baseline
from mlestar.engine.refine import refine
from mlestar.engine.study import OnEvent, Program, Study
from mlestar.engine.types import (
    AblationReport,
    Cost,
    EventKind,
    RefinementReport,
    Snapshot,
)
from mlestar.journal import Journal, default_home
from mlestar.runs import Scheduler, find_interpreter
from mlestar.runs.families import Mismatch
from mlestar.runs.resources import State
from mlestar.types import BlockContext, Impact, Plan, Verdict

Report = TypeVar("Report", AblationReport, RefinementReport)


class Engine:
    """Runs studies. ``home`` is the folder of the journal and of scratch data, never the user's."""

    def __init__(self, settings: Settings, *, home: Path | None = None) -> None:
        self.settings = settings
        self.home = home or (Path(settings.home).expanduser() if settings.home else default_home())
        self._journal: Journal | None = None
        self._scheduler: Scheduler | None = None
        self._studies: set[Study] = set()
        self._held = ""

    # --- pure ------------------------------------------------------------------------------------------

    def analyse(self, snapshot: Snapshot, settings: Settings | None = None) -> Analysis:
        """Blocks, roles and objective of the text; never raises. A script's newest text is remembered."""
        chosen = settings or self.settings
        return _analysis(snapshot.text, str(snapshot.path), tuple(sorted(chosen.roles.items())), chosen.objective)

    def plans(self, snapshot: Snapshot, block_id: str, settings: Settings | None = None) -> tuple[Plan, ...]:
        """What the playbook would try on a block; empty for an unknown one.

        Judged by the code, and by the data that the last ablation saw when it measured exactly this text.
        """
        analysis = self.analyse(snapshot, settings)
        block = find_block(analysis, block_id)
        if block is None or analysis.objective is None or block.protected:
            return ()
        known = self._known_ablation(snapshot, analysis)
        facts = known.facts if known else Facts()
        context = BlockContext(analysis.script, analysis.blocks, analysis.objective, block, facts, facts.packages)
        harmful = harmful_variants(ablation_variants(analysis, facts), known.variants) if known else ()
        return (*(leave_out(v) for v in harmful if v.block_id == block.id), *playbook.propose(context))

    # --- the journal -----------------------------------------------------------------------------------

    @property
    def journal(self) -> Journal:
        """Opened at first use: static analysis needs no state folder."""
        if self._journal is None:
            self._journal = Journal(self.home)
            self._journal.mark_interrupted()
        return self._journal

    @property
    def scheduler(self) -> Scheduler:
        if self._scheduler is None:
            self._scheduler = Scheduler(
                home=self.home,
                parallel=self.settings.parallel,
                self_check=self.settings.self_check,
                on_mismatch=self._not_borne_out,
                on_state=self._state_changed,
                on_battery=self.settings.on_battery,
                executor=self.settings.executor,
                address=self.settings.ray_address,
                store_bytes=self.settings.store,
            )
        return self._scheduler

    def _state_changed(self, state: State) -> None:
        """Runs are held back, or go on: the studies under way say so."""
        if state.held != self._held:
            self._held = state.held
            for study in self._studies:
                study.emit(EventKind.HELD, state.held or "runs go on")

    def _not_borne_out(self, found: Mismatch) -> None:
        """A run that shared work scored otherwise than a plain one: nothing that was shared counts any more."""
        self.journal.forget_shared(found.spec.script)
        reason = (
            f"sharing work between runs ({found.rung.value}) is not exact for this script: "
            f"{found.shared.score!r} instead of {found.plain.score!r}; from now on each run is made on its own"
        )
        for study in self._studies:
            if study.snapshot.path == found.spec.script:
                study.distrust(reason)

    def look_at(self, path: Path) -> None:
        """The user has this script before them: its runs go before those of other scripts."""
        if self._scheduler is not None:
            self._scheduler.look_at(path.resolve())

    def last_ablation(self, path: Path) -> AblationReport | None:
        """The newest ablation of a script that measured anything."""
        for _, report in self.journal.reports(path.resolve(), "ablation", AblationReport):
            if report.baseline is not None:
                return report
        return None

    def refinements(self, path: Path) -> tuple[RefinementReport, ...]:
        """Refinements of a script, the newest first."""
        return tuple(r for _, r in self.journal.reports(path.resolve(), "refinement", RefinementReport))

    # --- studies ---------------------------------------------------------------------------------------

    async def ablate(
        self, snapshot: Snapshot, *, settings: Settings | None = None, on_event: OnEvent | None = None
    ) -> AblationReport:
        """Measure what each block contributes."""
        chosen = settings or self.settings
        snapshot = replace(snapshot, path=snapshot.path.resolve())
        started = time.monotonic()
        ready = await self._prepare(snapshot, chosen)
        if isinstance(ready, str):
            return AblationReport("", None, None, (), (), _cost(started), False, ready, time.time())
        analysis, objective, make = ready
        study = make("ablation", on_event, chosen)
        return await self._carried_out(study, ablate(study, analysis, objective))

    async def optimise(
        self,
        snapshot: Snapshot,
        block_id: str | None = None,
        *,
        plan_id: str | None = None,
        settings: Settings | None = None,
        on_event: OnEvent | None = None,
    ) -> RefinementReport:
        """Refine one block, or, without ``block_id``, the most important blocks in turn until a gain is confirmed."""
        chosen = settings or self.settings
        snapshot = replace(snapshot, path=snapshot.path.resolve())
        started = time.monotonic()
        ready = await self._prepare(snapshot, chosen)
        if isinstance(ready, str):
            return RefinementReport("", None, None, None, (), None, _cost(started), False, ready, time.time())
        analysis, objective, make = ready
        block = None
        if block_id is not None:
            block = find_block(analysis, block_id)
            problem = _cannot_refine(analysis, block, block_id)
            if problem is not None:
                return RefinementReport(
                    "", block, objective, None, (), None, _cost(started), False, problem, time.time()
                )
        known = self._known_ablation(snapshot, analysis)
        spent = None
        if block is None:
            if known is None or not known.complete:
                # at most half the budget, so that there is as much for what it is measured for
                half = replace(chosen, budget=chosen.budget / 2)
                known = await self.ablate(snapshot, settings=half, on_event=on_event)
                spent = known.cost
            if known.problem is not None:
                failed = RefinementReport(
                    known.study_id, None, objective, None, (), None, _cost(started), False, known.problem, time.time()
                )
                return replace(failed, out_of_budget=known.out_of_budget)
            chosen = replace(chosen, budget=max(1.0, chosen.budget - (time.monotonic() - started)))
        study = make("refinement", on_event, chosen)
        return await self._carried_out(study, self._refine(study, analysis, objective, block, known, plan_id, spent))

    def _known_ablation(self, snapshot: Snapshot, analysis: Analysis) -> AblationReport | None:
        """The journal's newest ablation, when it measured exactly this text, these blocks and this objective."""
        last = self.last_ablation(snapshot.path)
        if last is None or last.text != analysis.script.text or last.blocks != analysis.blocks:
            return None
        return last if last.objective == analysis.objective else None

    async def _refine(
        self,
        study: Study,
        analysis: Analysis,
        objective: Objective,
        block: Block | None,
        known: AblationReport | None,
        plan_id: str | None,
        ablation_cost: Cost | None,
    ) -> RefinementReport:
        program = Program(analysis, objective, "baseline", original=True)
        study.planned = study.settings.baseline_seeds + study.settings.max_plans + 2 * study.settings.confirmation_seeds
        study.emit(EventKind.STARTED, f"refinement of {study.snapshot.path.name}")
        latest = RefinementReport(
            study.id,
            block,
            objective,
            None,
            (),
            None,
            study.cost,
            False,
            text=analysis.script.text,
            ablation_cost=ablation_cost,
        )
        try:
            measured = await measure_baseline(study, program)
        except BaselineFailed as failure:
            return replace(
                latest,
                cost=study.cost,
                problem=str(failure),
                finished_at=time.time(),
                out_of_budget=failure.out_of_budget,
            )
        latest = replace(latest, baseline=measured.baseline)
        harmful = harmful_variants(ablation_variants(analysis, measured.facts), known.variants) if known else ()
        impacts = known.impacts if known else ()
        blocks: tuple[Block, ...] = (block,) if block else ()
        if block is None:
            blocks = await _blocks_to_refine(analysis, objective, measured.facts, impacts, harmful)
        if not blocks:
            problem = "the playbook has no plan for any block of this script"
            return replace(latest, cost=study.cost, complete=True, problem=problem, finished_at=time.time())
        for current in blocks:
            found = await refine(study, analysis, objective, current, measured, plan_id=plan_id, harmful=harmful)
            for ordinal, candidate in enumerate(found, start=len(latest.candidates)):
                study.journal.record_candidate(
                    study.id, ordinal, current.id, candidate.plan.id, candidate.verdict.value, candidate
                )
            best = next((c for c in found if c.verdict is Verdict.BETTER), None)
            latest = replace(
                latest,
                block=current,
                candidates=found + latest.candidates if best else latest.candidates + found,
                best=best,
                cost=study.cost,
                complete=best is not None or not study.budget.spent,
                finished_at=time.time(),
            )
            study.journal.save_report(study.id, latest)
            if best is not None or study.budget.spent:
                break
        await study.settled()
        if study.distrusted is not None:
            problem = f"{study.distrusted}: run again"
            return replace(latest, best=None, complete=False, problem=problem, cost=study.cost, finished_at=time.time())
        latest = replace(latest, cost=study.cost, notes=study.notes)
        if not latest.candidates:
            known_plans = self.plans(study.snapshot, blocks[-1].id, study.settings)
            return replace(latest, problem=_no_plan(blocks[-1], plan_id, known_plans))
        return latest

    async def _prepare(
        self, snapshot: Snapshot, settings: Settings
    ) -> tuple[Analysis, Objective, Callable[[str, OnEvent | None, Settings], Study]] | str:
        """Analysis, objective and a study to come; or why there is none, in one sentence."""
        analysis = self.analyse(snapshot, settings)
        if analysis.script.problem is not None:
            return f"{snapshot.path.name} cannot be analysed: {analysis.script.problem.message}"
        objective = analysis.objective
        if objective is None:
            return f"no objective: {analysis.no_objective_reason}"
        interpreter = await find_interpreter(settings.interpreter, workspace_of(snapshot.path, settings), snapshot.path)
        if isinstance(interpreter, str):
            return interpreter

        def make(kind: str, on_event: OnEvent | None, limits: Settings) -> Study:
            study_id = self.journal.begin_study(kind, snapshot.path, snapshot.text)
            return Study(study_id, snapshot, limits, interpreter, self.journal, self.scheduler, on_event)

        return analysis, objective, make

    async def _carried_out(self, study: Study, work: Awaitable[Report]) -> Report:
        """Await a study and write down how it ended, whatever happens."""
        self._studies.add(study)
        try:
            report = await work
        except BaseException as error:
            await study.cancel_runs()
            cancelled = not isinstance(error, Exception)
            self.journal.end_study(study.id, "cancelled" if cancelled else "failed")
            raise
        finally:
            self._studies.discard(study)
        self.journal.end_study(study.id, "failed" if report.problem else "complete", report)
        study.emit(EventKind.FINISHED, report.problem or "done")
        return report

    async def close(self) -> None:
        """Kill what runs and close the journal."""
        if self._scheduler is not None:
            await self._scheduler.close()
            self._scheduler = None
        if self._journal is not None:
            self._journal.close()
            self._journal = None


def _analysis(text: str, path: str, roles: tuple[tuple[str, str], ...], objective: str | None) -> Analysis:
    """The analysis of a text; that of each script's newest text is kept, for the two scripts asked about last."""
    asked = (text, roles, objective)
    kept = _newest.pop(path, None)
    if kept is None or kept[0] != asked:
        kept = asked, analyse(Script.parse(text, path), roles=dict(roles), objective=objective)
    _newest[path] = kept
    for old in list(_newest)[:-2]:
        _newest.pop(old, None)
    return kept[1]


_Asked: TypeAlias = tuple[str, tuple[tuple[str, str], ...], str | None]
_newest: dict[str, tuple[_Asked, Analysis]] = {}
"""Each analysis holds a tree, so that there is one of a script and few in all."""


def find_block(analysis: Analysis, name: str) -> Block | None:
    """The block with this id; else the only one with this title, role or function name; else None."""
    for block in analysis.blocks:
        if block.id == name:
            return block
    # what says more comes first: `model` is the one block of that role, though `train model` has the word too
    for names in (_full_names, _words):
        named = [b for b in analysis.blocks if name in names(b)]
        if named:
            return named[0] if len(named) == 1 else None
    return None


def _full_names(block: Block) -> tuple[str, ...]:
    return block.title, block.role.value, block.id.rpartition("/")[2]


def _words(block: Block) -> list[str]:
    return block.title.split()


async def _blocks_to_refine(
    analysis: Analysis,
    objective: Objective,
    facts: Facts,
    impacts: tuple[Impact, ...],
    harmful: tuple[Variant, ...],
) -> tuple[Block, ...]:
    """Blocks with a plan, the highest upper-confidence impact first."""
    plannable = {variant.block_id for variant in harmful}
    for block in analysis.blocks:
        context = BlockContext(analysis.script, analysis.blocks, objective, block, facts, facts.packages)
        if not block.protected and playbook.propose(context):
            plannable.add(block.id)
    return await extractor.extract(analysis.blocks, impacts, plannable, ())


def _cannot_refine(analysis: Analysis, block: Block | None, name: str) -> str | None:
    if block is None:
        known = ", ".join(b.id for b in analysis.blocks if not b.protected) or "none"
        return f"there is no single block {name!r}; blocks that can be refined: {known}"
    if block.protected:
        return f"{block.title} is protected: the split, the metric, the evaluation and the data stay as they are"
    return None


def _no_plan(block: Block, plan_id: str | None, plans: tuple[Plan, ...]) -> str:
    if plan_id is not None and plans:
        return f"there is no plan {plan_id} for {block.title}; there are {', '.join(p.id for p in plans)}"
    return f"the playbook knows no other way to write {block.title}; try a block with another role"


def _cost(started: float) -> Cost:
    return Cost(wall_s=time.monotonic() - started)
