"""Which run goes when and how: resources by priority, families that share work, and an end to every process tree."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

from mlestar.runs.families import Family, MakeRung, Member, Mismatch
from mlestar.runs.ladder import Ladder
from mlestar.runs.local import LocalExecutor, OnOutput, not_started, to_its_end
from mlestar.runs.slots import Slots, physical_cores
from mlestar.runs.types import Rung, RunResult, RunSpec

_log = logging.getLogger(__name__)
_GATHER_S = 0.03
"""Runs of one script that are asked for within this time make one family."""


class Scheduler:
    """Runs variants in child processes.

    ``home`` holds scratch folders (removed after each run); ``parallel`` is the number of threads handed out,
    default one a physical core; ``protection`` is ``auto``, ``overlay`` or ``copy``; ``self_check`` is the share of
    the runs with shared work that are repeated without.
    """

    def __init__(
        self,
        *,
        home: Path,
        parallel: int | None = None,
        protection: str | None = None,
        self_check: float = 0.0,
        on_mismatch: Callable[[Mismatch], None] | None = None,
    ) -> None:
        self._local = LocalExecutor(home=home, protection=protection)
        self._ladder = Ladder(self._local.home)
        self._slots = Slots(parallel or physical_cores())
        self._tasks: set[asyncio.Task[Any]] = set()
        self._gathering: dict[object, list[Member]] = {}
        self._families: dict[Path, set[asyncio.Task[Any]]] = {}
        self._closed = False
        self.self_check, self.on_mismatch = self_check, on_mismatch
        self.rungs: dict[Rung, MakeRung] = {}
        """The shared rungs that there are."""

    @property
    def parallel(self) -> int:
        """Threads handed out: how many one-threaded runs go at a time."""
        return self._slots.total

    def shares(self, spec: RunSpec) -> bool:
        """Whether runs of this script that are asked for together may share work."""
        return any(rung in self.rungs for rung in self._ladder.rungs(spec))

    async def run(self, spec: RunSpec, *, priority: int = 0, on_output: OnOutput | None = None) -> RunResult:
        """One run to its end; never raises for what the script does. Cancelling the task ends the tree first.

        Runs of one script that are asked for at the same moment share their work where that changes nothing.
        ``on_output`` gets (``stdout`` or ``stderr``, text) as it comes; after ``output_bytes`` only a little a second.
        """
        if self._closed:
            return not_started("the scheduler is closed")
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            if not self.shares(spec):
                member = Member(spec, priority, on_output, asyncio.get_running_loop().create_future())
                async with self._slot(member):
                    return await self._local.run(spec, on_output)
            return await self._in_family(spec, priority, on_output)
        finally:
            self._tasks.discard(task)

    async def _in_family(self, spec: RunSpec, priority: int, on_output: OnOutput | None) -> RunResult:
        loop = asyncio.get_running_loop()
        member = Member(spec, priority, on_output, loop.create_future())
        key = _family_key(spec)
        members = self._gathering.get(key)
        if members is None:
            members = self._gathering[key] = []
            self._start(self._gathered(key), spec.script)
        members.append(member)
        try:
            return await asyncio.shield(member.done)
        except asyncio.CancelledError:
            member.give_up()
            await to_its_end(member.done)
            raise

    async def _gathered(self, key: object) -> None:
        try:
            await asyncio.sleep(_GATHER_S)
        finally:
            members = self._gathering.pop(key, [])
        family = Family(
            members,
            self._local,
            self._ladder,
            self.rungs,
            self._slot,
            self_check=self.self_check,
            on_mismatch=self.on_mismatch,
        )
        try:
            await family.carry_out()
        except Exception as error:  # a defect of ours must leave nobody waiting, and be seen
            _log.exception("a family of runs failed")
            for member in members:
                member.resolve(not_started(f"the run could not be carried out: {type(error).__name__}: {error}"))
        finally:
            for member in members:
                member.resolve(not_started("the scheduler is closed"))

    def _start(self, work: Coroutine[Any, Any, None], script: Path) -> None:
        task = asyncio.ensure_future(work)
        of_script = self._families.setdefault(script, set())
        for tasks in (self._tasks, of_script):
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def settled(self, script: Path) -> None:
        """Wait until the families of ``script`` have ended, their self-checks too."""
        tasks = list(self._families.get(script, ()))
        if tasks:
            await asyncio.wait(tasks)

    @contextlib.asynccontextmanager
    async def _slot(self, member: Member) -> AsyncIterator[None]:
        async with self._slots.take(member.spec.limits.threads, member.priority):
            yield

    async def close(self) -> None:
        """Cancel every run and wait until their trees are dead."""
        self._closed = True
        mine = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)
        await self._local.close()


def _family_key(spec: RunSpec) -> object:
    """What runs must have in common to share work."""
    return (
        spec.script,
        spec.workspace,
        spec.interpreter.fingerprint,
        spec.arguments,
        tuple(sorted(spec.environment.items())),
        spec.module,
        spec.limits,
        spec.fidelity,
        spec.network,
        spec.sandbox,
        spec.readable,
        spec.printed_pattern,
    )
