"""Which run goes when and how: resources by priority, families that share work, and an end to every process tree."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlestar.runs.branching import Branched
from mlestar.runs.executors import RemoteExecutor, remote_executor
from mlestar.runs.families import Family, MakeRung, Member, Mismatch
from mlestar.runs.ladder import Ladder
from mlestar.runs.local import LocalExecutor, OnOutput, not_started, to_its_end
from mlestar.runs.machine import Gpus, mentions_gpu, nvidia_gpus
from mlestar.runs.power import OnBattery, PowerWatch
from mlestar.runs.resources import Capacity, Claim, Pool, PoolClosed, State, machine_pool
from mlestar.runs.snapshots import Snapshotted
from mlestar.runs.store import MOST_BYTES
from mlestar.runs.types import Rung, RunResult, RunSpec, RunStatus

_LOOKED_AT = 1000
"""Priority of the script that the user looks at, above all that studies ask for."""
_log = logging.getLogger(__name__)
_GATHER_S = 0.03
"""Runs of one script that are asked for within this time make one family."""


class Scheduler:
    """Runs variants in child processes.

    ``home`` holds scratch folders (removed after each run); ``parallel`` is the number of threads handed out,
    default one a physical core; ``protection`` is ``auto``, ``overlay`` or ``copy``; ``self_check`` is the share of
    the runs with shared work that are repeated without. ``executor`` and ``address`` say where runs go when not here;
    ``on_battery`` is ``pause``, ``one`` or ``ignore``; ``on_state`` hears how many runs go and what holds them back.
    """

    def __init__(
        self,
        *,
        home: Path,
        parallel: int | None = None,
        protection: str | None = None,
        self_check: float = 0.0,
        on_mismatch: Callable[[Mismatch], None] | None = None,
        on_state: Callable[[State], None] | None = None,
        on_battery: str = "ignore",
        executor: str = "local",
        address: str | None = None,
        store_bytes: int = MOST_BYTES,
    ) -> None:
        self._local = LocalExecutor(home=home, protection=protection, store_bytes=store_bytes)
        self._remote = None if executor == "local" else remote_executor(executor, home=home, address=address)
        self._joined: asyncio.Future[str | None] | None = None
        self._ladder = Ladder(self._local.home)
        self.pool = machine_pool(parallel, on_change=on_state)
        self._on_state = on_state
        self._power = PowerWatch(self.pool, OnBattery(on_battery))
        self._gpus: asyncio.Task[Gpus] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._runs: dict[asyncio.Task[Any], Path | None] = {}
        """Tasks in `run`, with their script; None once `cancel` has given them up."""
        self._gathering: dict[object, list[Member]] = {}
        self._families: dict[Path, set[asyncio.Task[Any]]] = {}
        self._looked_at: Path | None = None
        self._closed = False
        self.self_check, self.on_mismatch = self_check, on_mismatch
        self.rungs: dict[Rung, MakeRung] = {
            Rung.BRANCH: Branched,
            Rung.SNAPSHOT: Snapshotted,
            Rung.WARM: functools.partial(Branched, early=True),
        }
        """The shared rungs that there are."""

    @property
    def parallel(self) -> int:
        """Threads handed out: how many one-threaded runs go at a time."""
        return self.pool.capacity.threads

    def shares(self, spec: RunSpec) -> bool:
        """Whether runs of this script that are asked for together may share work."""
        if self._remote is not None:
            return False  # each run goes to whatever node is free
        if spec.limits.gpus or mentions_gpu(spec.variant_text):
            return False  # a GPU that was touched cannot be handed to a fork, and runs take turns on it anyway
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
        self._runs[task] = spec.script
        try:
            if self._remote is not None:
                result = await self._elsewhere(spec, priority, on_output)
            elif not self.shares(spec):
                self._power.start()
                member = Member(spec, priority, on_output, asyncio.get_running_loop().create_future())
                async with self._resources(member) as shown:
                    granted = replace(spec, environment={**spec.environment, **shown})
                    result = await self._local.run(granted, on_output)
            else:
                self._power.start()
                result = await self._in_family(spec, priority, on_output)
            self.pool.learn(str(spec.script), [result.peak_memory_bytes])
            return result
        except PoolClosed:
            return not_started("the scheduler is closed")
        except asyncio.CancelledError:
            if self._runs.get(task) is not None:
                raise  # by whoever asked for the run
            if sys.version_info >= (3, 11) and task.uncancel():
                raise  # by both
            return RunResult(RunStatus.CANCELLED, None, "cancelled")
        finally:
            self._tasks.discard(task)
            self._runs.pop(task, None)

    async def cancel(self, script: Path | None = None) -> int:
        """End the runs of ``script``, or all: those that wait and those under way. Their outcome is ``CANCELLED``.

        Returns how many there were, once their processes are dead (within two seconds) and the outcomes are known.
        """
        given_up = [task for task, of in self._runs.items() if of is not None and script in (None, of)]
        for task in given_up:
            self._runs[task] = None
            task.cancel()
        ended = [self._ended(task) for task in given_up if task is not asyncio.current_task()]
        await asyncio.gather(*ended)
        return len(given_up)

    async def _ended(self, task: asyncio.Task[Any]) -> None:
        """Wait until ``task`` has left `run`; what its owner does after that is not waited for."""
        while task in self._runs:
            await asyncio.wait([task], timeout=0.01)

    async def _elsewhere(self, spec: RunSpec, priority: int, on_output: OnOutput | None) -> RunResult:
        """A run on another machine; no more of them go at a time than there is room for."""
        if isinstance(self._remote, str) or self._remote is None:
            return not_started(self._remote or "there is no executor")
        if self._joined is None:
            self._joined = asyncio.ensure_future(self._join(self._remote))
        problem = await asyncio.shield(self._joined)
        if problem is not None:
            self._joined = None  # the cluster may be there next time
            return not_started(problem)
        claim = Claim(spec.limits.threads)
        async with self.pool.take(claim, priority=priority, owner=str(spec.script)):
            return await self._remote.run(spec, on_output)

    async def _join(self, remote: RemoteExecutor) -> str | None:
        """Hand out what the cluster has instead of what this machine has; why it cannot be had."""
        room = await remote.room()
        if isinstance(room, str):
            return room
        self.pool = Pool(Capacity(room.threads), on_change=self._on_state)
        return None

    async def _in_family(self, spec: RunSpec, priority: int, on_output: OnOutput | None) -> RunResult:
        loop = asyncio.get_running_loop()
        member = Member(spec, priority, on_output, loop.create_future())
        key = _family_key(spec)
        members = self._gathering.get(key)
        if members is None:
            members = self._gathering[key] = []
            task = self._start(self._gathered(key, members), spec.script)
            # also when it was cancelled before its first step: nobody may wait for a family that there is not
            task.add_done_callback(lambda _: self._over(key, members))
        members.append(member)
        try:
            return await asyncio.shield(member.done)
        except asyncio.CancelledError:
            member.give_up()
            await to_its_end(member.done)
            raise

    async def _gathered(self, key: object, members: list[Member]) -> None:
        await asyncio.sleep(_GATHER_S)
        del self._gathering[key]
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

    def _over(self, key: object, members: list[Member]) -> None:
        if self._gathering.get(key) is members:
            del self._gathering[key]
        for member in members:
            member.resolve(not_started("the scheduler is closed"))

    def _start(self, work: Coroutine[Any, Any, None], script: Path) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        of_script = self._families.setdefault(script, set())
        for tasks in (self._tasks, of_script):
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        return task

    async def settled(self, script: Path) -> None:
        """Wait until the families of ``script`` have ended, their self-checks too."""
        tasks = list(self._families.get(script, ()))
        if tasks:
            await asyncio.wait(tasks)

    @contextlib.asynccontextmanager
    async def _slot(self, member: Member) -> AsyncIterator[None]:
        async with self._resources(member):
            yield

    @contextlib.asynccontextmanager
    async def _resources(self, member: Member) -> AsyncIterator[dict[str, str]]:
        """What the run needs, for as long as it lasts; yields the variables that show it its GPUs."""
        spec, owner = member.spec, str(member.spec.script)
        gpus, found = spec.limits.gpus, Gpus()
        if gpus or mentions_gpu(spec.variant_text):
            found = await self._look_for_gpus()
            gpus = gpus or min(1, len(found.names))
        memory = self.pool.expected_memory(owner)
        if memory is None and self.pool.capacity.memory_bytes is not None:
            # its share, until it is known better; what the pool keeps back for others is not shared out
            memory = int(0.8 * self.pool.capacity.memory_bytes) // max(2, self.parallel)
        claim = Claim(spec.limits.threads, memory, gpus)
        async with self.pool.take(claim, priority=member.priority, owner=owner) as grant:
            yield found.environment(grant.gpus)

    async def _look_for_gpus(self) -> Gpus:
        """Once, in a thread: asking the driver may take seconds."""
        if self._gpus is None:
            self._gpus = asyncio.ensure_future(self._found_gpus())
        return await asyncio.shield(self._gpus)  # one who gives up must not end the search for the others

    async def _found_gpus(self) -> Gpus:
        found = await asyncio.to_thread(nvidia_gpus)
        if found.names:
            self.pool.offer_gpus(found.names)
        return found

    def learn(self, script: Path, peaks: list[int]) -> None:
        """Bytes that earlier runs of ``script`` took, the newest last: what its next ones are expected to take."""
        if self.pool.expected_memory(str(script)) is None:
            self.pool.learn(str(script), peaks)

    def look_at(self, script: Path | None) -> None:
        """The user looks at ``script`` now: its runs go before those of other scripts."""
        if self._looked_at is not None:
            self.pool.raise_priority(str(self._looked_at), 0)
        self._looked_at = script
        if script is not None:
            self.pool.raise_priority(str(script), _LOOKED_AT)

    async def close(self) -> None:
        """Cancel every run and wait until their trees are dead."""
        self._closed = True
        mine = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)
        self.pool.close()
        await self._power.close()
        await self._local.close()
        if self._remote is not None and not isinstance(self._remote, str):
            await self._remote.close()


def _family_key(spec: RunSpec) -> object:
    """What runs must have in common to share work."""
    return (
        spec.script,
        spec.workspace,
        spec.interpreter.fingerprint,
        spec.arguments,
        tuple(sorted(spec.environment.items())),
        spec.module,
        spec.working_folder,
        spec.limits,
        spec.fidelity,
        spec.network,
        spec.sandbox,
        spec.readable,
        spec.printed_pattern,
    )
