"""One study in progress: it turns variants into runs, never runs the same twice, and keeps to the budget."""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from cst_tools.analysis import Analysis
from cst_tools.instrument import instrument
from cst_tools.objective import objective_id
from cst_tools.script import Script
from cst_tools.types import Objective, ObjectiveKind
from mlestar.config import Settings, environment_of, workspace_of
from mlestar.engine.budget import Budget
from mlestar.engine.types import Baseline, CandidateReport, Cost, Event, EventKind, Snapshot
from mlestar.journal import Journal
from mlestar.runs import Scheduler, inputs_unchanged, run_key
from mlestar.runs.arguments import start_of
from mlestar.runs.forecast import Forecast, Forecaster
from mlestar.runs.types import Fidelity, Interpreter, Limits, RunResult, RunSpec, RunStatus, Sandbox
from mlestar.types import Impact

T = TypeVar("T")
FULL = Fidelity()
OnEvent = Callable[[Event], None]


@dataclass(frozen=True)
class Program:
    """A script that can be run: its analysis and the objective that is measured in it."""

    analysis: Analysis
    objective: Objective
    label: str
    original: bool = False
    """The script as it is, without a patch."""

    @property
    def script(self) -> Script:
        return self.analysis.script


class Study:
    """The state of one study. Methods run on one event loop; the scheduler's children do the work."""

    def __init__(
        self,
        study_id: str,
        snapshot: Snapshot,
        settings: Settings,
        interpreter: Interpreter,
        journal: Journal,
        scheduler: Scheduler,
        on_event: OnEvent | None,
    ) -> None:
        self.id = study_id
        self.snapshot = snapshot
        self.settings = settings
        self.interpreter = interpreter
        self.journal = journal
        self.scheduler = scheduler
        self.budget = Budget(settings.budget)
        self._on_event = on_event
        self._running: dict[str, asyncio.Task[RunResult]] = {}
        self._cpu_s = 0.0
        self._runs = 0
        self._reused = 0
        self._walls: list[float] = []
        self._began: dict[str, float] = {}
        past = journal.past_runs(snapshot.path)
        self._forecaster = Forecaster([run.wall_s for run in past])
        scheduler.learn(snapshot.path, [run.peak_memory_bytes for run in reversed(past)])
        self.confirmations = 0
        """Attempts to confirm a candidate so far: each further one must be surer (see `acceptance.confidence_of`)."""
        self._notes: dict[str, int] = {}
        self.distrusted: str | None = None
        """Why shared work turned out not to be exact for this script; its results are no longer used."""
        self.planned = 0
        """Runs that the study expects to need in all; for progress only."""

    # --- reporting -------------------------------------------------------------------------------------

    @property
    def done(self) -> int:
        return self._runs + self._reused

    @property
    def cost(self) -> Cost:
        return Cost(self.budget.used_s, self._cpu_s, self._runs, self._reused)

    @property
    def seconds_a_run(self) -> float:
        """Median wall time of the runs so far, reused ones with the time they took; 0 before the first."""
        return statistics.median(self._walls) if self._walls else 0.0

    def usual_cpu_s(self, unknown: float) -> float:
        """CPU seconds that a full run of this script took lately; ``unknown`` when it was never run."""
        return self.journal.usual_cpu_s(self.snapshot.path) or unknown

    @property
    def parallel(self) -> int:
        return self.scheduler.parallel

    @property
    def notes(self) -> tuple[str, ...]:
        """What the runs had to say about how they were made, the most frequent first."""
        found = sorted(self._notes, key=lambda note: -self._notes[note])
        return tuple([self.distrusted] if self.distrusted else []) + tuple(found)

    def emit(
        self,
        kind: EventKind,
        message: str,
        *,
        impact: Impact | None = None,
        candidate: CandidateReport | None = None,
    ) -> None:
        if self._on_event is None:
            return
        left = self._left()
        seconds, words = (None, "") if left is None else (left.likely, str(left))
        total = max(self.planned, self.done)
        self._on_event(Event(kind, message, self.done, total, seconds, impact, candidate, left=words))

    def _left(self) -> Forecast | None:
        """How long the rest will take; None while nothing is known."""
        now = time.monotonic()
        under_way = [now - began for began in self._began.values()][: self.parallel]
        waiting = max(0, self.planned - self.done - len(under_way))
        found = self._forecaster.remaining(waiting, self.parallel, under_way)
        return None if found is None else found.within(self.budget.left_s)

    # --- runs ------------------------------------------------------------------------------------------

    def shares(self, program: Program) -> bool:
        """Whether runs that are asked for together may cost less than one after another."""
        try:
            return self.scheduler.shares(self._spec(program, 0, True, FULL))
        except ValueError:
            return False

    async def run(
        self, program: Program, seed: int, *, probes: bool = False, priority: int = 0, fidelity: Fidelity = FULL
    ) -> RunResult:
        """Score ``program`` at ``seed``: from the journal, else by running it. Always returns an outcome.

        With ``probes``, a run that is known must have seen what ``fit`` receives.
        """
        try:
            spec = self._spec(program, seed, probes, fidelity)
        except ValueError as error:  # the program cannot be instrumented: as much an outcome as a crash
            return RunResult(RunStatus.NOT_STARTED, None, str(error))
        key = run_key(spec)
        task = self._running.get(key)
        if task is None:
            task = asyncio.ensure_future(self._run(key, spec, priority, program.original))
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key, None))
        return await task

    async def _run(self, key: str, spec: RunSpec, priority: int, original: bool) -> RunResult:
        found = self.journal.find_run(key, inputs_unchanged)
        if found is not None and _still_says(found[1], spec, original=original):
            run_id, result = found
            self.journal.record_reuse(self.id, run_id)
            self._reused += 1
            self._walls.append(result.wall_s + result.shared_s)
            self.emit(EventKind.RUN_FINISHED, f"{spec.label}: {describe(result)} (known)")
            return result
        if self.budget.spent:
            return RunResult(RunStatus.CANCELLED, None, "the study's budget was spent before this run began")
        self.emit(EventKind.RUN_STARTED, spec.label)
        self._began[key] = time.monotonic()
        try:
            result = await asyncio.wait_for(self.scheduler.run(spec, priority=priority), self.budget.left_s)
        except asyncio.TimeoutError:
            return RunResult(RunStatus.CANCELLED, None, "the study's budget was spent while this run was under way")
        finally:
            self._began.pop(key, None)
        self.journal.record_run(self.id, key, spec.script, spec.label, spec.seed, result, spec.fidelity.name)
        self._runs += 1
        self._cpu_s += result.cpu_s
        for note in result.notes:
            self._notes[note] = self._notes.get(note, 0) + 1
        if result.status is not RunStatus.NOT_STARTED:
            self._walls.append(result.wall_s + result.shared_s)
            self._forecaster.observe(result.wall_s)
        self.emit(EventKind.RUN_FINISHED, f"{spec.label}: {describe(result)}")
        return result

    def _spec(self, program: Program, seed: int, probes: bool, fidelity: Fidelity) -> RunSpec:
        objective, settings, path = program.objective, self.settings, self.snapshot.path
        workspace = workspace_of(path, settings)
        root = settings.folder or workspace
        start = start_of(path, root, settings.scripts)
        return RunSpec(
            script=path,
            workspace=workspace,
            variant_text=program.script.text,
            # probes in every program: runs can only share work when their texts differ in nothing but the variant
            program_text=instrument(program.script, objective, seed=seed, probes=True),
            seed=seed,
            interpreter=self.interpreter,
            objective_id=objective_id(objective),
            aggregate=objective.aggregate,
            printed_pattern=objective.expression if objective.kind is ObjectiveKind.PRINTED else None,
            arguments=settings.arguments if start.arguments is None else start.arguments,
            module=start.module,
            working_folder=root / start.working_folder if start.working_folder else None,
            environment={**environment_of(settings), **start.environment},
            fidelity=fidelity,
            limits=Limits(
                wall_s=settings.timeout, memory_bytes=settings.memory, threads=settings.threads, gpus=settings.gpus
            ),
            probes=probes,
            network=settings.network,
            sandbox=Sandbox(settings.sandbox),
            readable=tuple(str((root / Path(folder).expanduser()).resolve()) for folder in settings.readable),
            reuse=settings.share,
            label=f"{program.label}, seed {seed}",
        )

    async def over_seeds(
        self, program: Program, seeds: Sequence[int], *, probes: bool = False, priority: int = 0
    ) -> dict[int, RunResult]:
        """Outcomes by seed. ``probes`` applies to the first seed, which then goes alone: a script that does not run is
        found at the price of one run, and then it is the only outcome.
        """
        results: dict[int, RunResult] = {}
        rest = list(seeds)
        if probes and rest and not self.shares(program):
            first = rest.pop(0)
            results[first] = await self.run(program, first, probes=True, priority=priority)
            if results[first].score is None:
                return results
        found = await gather(
            [self.run(program, seed, priority=priority, probes=probes and seed == seeds[0]) for seed in rest]
        )
        return {**results, **dict(zip(rest, found, strict=True))}

    async def settled(self) -> None:
        """Wait, within the budget, until no self-check of this script's runs is under way."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.scheduler.settled(self.snapshot.path), max(0.01, self.budget.left_s))

    def distrust(self, reason: str) -> None:
        """Shared work was not exact for this script: what was measured with it does not count."""
        self.distrusted = reason

    async def cancel_runs(self) -> None:
        """Stop what is under way; returns when no process is left."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def gather(coroutines: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """Like `asyncio.gather`, but when one fails or the caller is cancelled, the others are cancelled and awaited."""
    tasks = [asyncio.ensure_future(c) for c in coroutines]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


def _still_says(result: RunResult, spec: RunSpec, *, original: bool) -> bool:
    """Does a finished run of the same key answer ``spec``? What hung on limits or on the machine is tried again, and
    so is a script that failed as it is: the file, package or service that it lacked may be there now.
    """
    if original and result.score is None and result.status is not RunStatus.TIMEOUT:
        return False
    if result.status in (RunStatus.OUT_OF_MEMORY, RunStatus.KILLED):
        return False
    if result.status is RunStatus.TIMEOUT:
        return spec.limits.wall_s is not None and result.wall_s >= 0.95 * spec.limits.wall_s
    return not spec.probes or result.facts is not None or result.score is None


def describe(result: RunResult) -> str:
    """An outcome in a few words."""
    if result.score is not None:
        return f"{result.score:.6g} in {result.wall_s:.1f} s"
    return f"{result.status.value}: {result.reason}" if result.reason else result.status.value


def scores_of(results: Mapping[int, RunResult]) -> dict[int, float]:
    """Scores by seed, of the runs that have one."""
    return {seed: result.score for seed, result in results.items() if result.score is not None}


def other_evaluation(reference: RunResult, result: RunResult) -> str | None:
    """Why the two scores cannot be compared: they were computed on other rows or labels. None when they can, or when
    it was not seen which rows were scored (a metric computed by hand).
    """
    if not reference.evaluation or not result.evaluation or set(reference.evaluation) & set(result.evaluation):
        return None
    if reference.rows != result.rows:
        return f"not comparable: it is scored on {result.rows:,} rows, the script as it is on {reference.rows:,}"
    return "not comparable: other rows, or other labels, are scored than in the script as it is"


def baseline_of(scores: Mapping[int, float], seconds_a_run: float) -> Baseline:
    """Mean and spread of the script as it is, over seeds."""
    values = tuple(scores[s] for s in sorted(scores))
    noise = statistics.stdev(values) if len(values) > 1 else None
    return Baseline(values, statistics.fmean(values), noise, seconds_a_run)
