"""A family: runs of one script that were asked for together and may share work, carried down the rungs.

Each rung takes what the rung before it refused; what no rung takes runs as a plain process. A share of the shared
results is repeated plainly: where a score differs from a plain process that agrees with itself, the rung is not used
for that script again.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import random
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from mlestar.runs.ladder import Ladder
from mlestar.runs.local import LocalExecutor, OnOutput
from mlestar.runs.types import Refusal, Rung, RunResult, RunSpec, RunStatus

Turn = Callable[[int], AbstractAsyncContextManager[None]]
"""``turn(i)``: the slot of run i; entering waits until it is its turn."""


class SharedRung(Protocol):
    """One rung at work on a family. ``specs[0]`` leads: it runs first and the others part from it."""

    outcomes: tuple[asyncio.Future[RunResult | Refusal], ...]
    """Each is resolved exactly once."""

    async def carry_out(self) -> None:
        """Returns when all are resolved and every process is dead; cancelling it ends all trees first."""

    def give_up(self, index: int) -> None:
        """Cancel one run."""


MakeRung = Callable[
    [LocalExecutor, Sequence[RunSpec], Turn, Callable[[int, str, str], None] | None],
    SharedRung,
]


@dataclass(frozen=True)
class Mismatch:
    """A shared result that a plain run did not bear out."""

    spec: RunSpec
    rung: Rung
    shared: RunResult
    plain: RunResult


@dataclass(eq=False)
class Member:
    """One run of a family: what was asked for, and where its outcome goes."""

    spec: RunSpec
    priority: int
    on_output: OnOutput | None
    done: asyncio.Future[RunResult]
    """Resolved when the outcome is known and the processes of the run are dead; never cancelled."""
    notes: tuple[str, ...] = ()
    wanted: bool = True
    _stop: Callable[[], None] | None = None

    def resolve(self, result: RunResult) -> None:
        if not self.done.done():
            self.done.set_result(replace(result, notes=(*self.notes, *result.notes)))

    def give_up(self) -> None:
        """Nobody wants the outcome any more: whoever carries the run out ends it, then resolves ``done``."""
        if self.wanted:
            self.wanted = False
            if self._stop is not None:
                self._stop()

    def carried_by(self, stop: Callable[[], None] | None) -> None:
        """``stop`` ends the run where it is now; None while nobody carries it out."""
        self._stop = stop
        if stop is not None and not self.wanted:
            stop()


_CANCELLED = RunResult(RunStatus.CANCELLED, None, "cancelled")


class Family:
    """Carries its members out. ``slot(member)`` hands out the resources of one run."""

    def __init__(
        self,
        members: Sequence[Member],
        local: LocalExecutor,
        ladder: Ladder,
        rungs: dict[Rung, MakeRung],
        slot: Callable[[Member], AbstractAsyncContextManager[None]],
        *,
        self_check: float = 0.0,
        on_mismatch: Callable[[Mismatch], None] | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._members = sorted(members, key=lambda m: -m.priority)
        self._local, self._ladder, self._rungs, self._slot = local, ladder, rungs, slot
        self._self_check, self._on_mismatch = self_check, on_mismatch
        self._chance = chance or random.Random()
        self._checks: list[asyncio.Task[None]] = []

    async def carry_out(self) -> None:
        """Returns when every member has its outcome and every process is dead."""
        try:
            await self._carry_out()
            await _all(self._checks)
        except asyncio.CancelledError:
            for check in self._checks:
                check.cancel()
            await asyncio.gather(*self._checks, return_exceptions=True)
            for member in self._members:
                member.resolve(_CANCELLED)
            raise

    async def _carry_out(self) -> None:
        spec = self._members[0].spec
        if self._ladder.seeds_apart(spec):
            await _all([self._descend(group) for group in _by_seed(self._members)])
        else:
            await self._descend(self._members)

    async def _descend(self, members: Sequence[Member]) -> None:
        waiting = _alive(members)
        notes = self._ladder.reasons(waiting[0].spec) if waiting else ()
        for rung in self._ladder.rungs(waiting[0].spec) if waiting else ():
            make = self._rungs.get(rung)
            if make is None or len(waiting) < 2:
                continue
            refused = await self._on_rung(rung, make, waiting)
            apart = [m for m, refusal in refused if refusal.by_seed]
            if apart:
                self._ladder.part_seeds(waiting[0].spec)
                await _all([self._descend(group) for group in _by_seed(_alive(apart))])
            rest = [(m, refusal) for m, refusal in refused if not refusal.by_seed]
            for member, refusal in rest:
                member.notes = (*member.notes, f"no {rung.value}: {refusal.reason.rstrip('.')}")
            lasting = [refusal for _, refusal in rest if refusal.lasting]
            if lasting and len(rest) >= len(waiting) - 1:
                self._ladder.refuse(waiting[0].spec, rung, lasting[0].reason)
            waiting = _alive([m for m, _ in rest])
        if waiting and len(members) > 1:
            for member in waiting:
                member.notes = tuple(dict.fromkeys((*member.notes, *notes)))
        await _all([self._plain(member) for member in waiting])

    async def _plain(self, member: Member) -> None:
        task = asyncio.ensure_future(self._in_slot(member))
        member.carried_by(functools.partial(_cancel, task))
        try:
            await asyncio.wait([task])
            member.resolve(_CANCELLED if task.cancelled() else task.result())
        finally:
            member.carried_by(None)
            if not task.done():
                task.cancel()
                await _settled(task)

    async def _in_slot(self, member: Member) -> RunResult:
        async with self._slot(member):
            return await self._local.run(member.spec, member.on_output)

    async def _on_rung(self, rung: Rung, make: MakeRung, members: list[Member]) -> list[tuple[Member, Refusal]]:
        """What the rung refused; everything else has its outcome."""

        def turn(index: int) -> AbstractAsyncContextManager[None]:
            return self._slot(members[index])

        def said(index: int, stream: str, text: str) -> None:
            listener = members[index].on_output
            if listener is not None:
                listener(stream, text)

        at_work = make(self._local, [m.spec for m in members], turn, said)
        refused: list[tuple[Member, Refusal]] = []

        def arrived(member: Member, outcome: asyncio.Future[RunResult | Refusal]) -> None:
            if outcome.cancelled():
                return
            found = outcome.result()
            if isinstance(found, Refusal):
                refused.append((member, found))
                return
            if found.score is not None and found.rung is not Rung.PLAIN and self._chance.random() < self._self_check:
                self._checks.append(asyncio.ensure_future(self._check(member, found)))
            member.resolve(found)

        for index, (member, outcome) in enumerate(zip(members, at_work.outcomes, strict=True)):
            outcome.add_done_callback(functools.partial(arrived, member))
            member.carried_by(functools.partial(at_work.give_up, index))
        try:
            await at_work.carry_out()
            await asyncio.sleep(0)  # the callbacks of the last outcomes
        finally:
            for member in members:
                member.carried_by(None)
        return refused

    async def _check(self, member: Member, shared: RunResult) -> None:
        """Repeat a shared run plainly; a rung whose score is another is given up for this script."""
        spec = replace(member.spec, reuse=False, label=f"{member.spec.label} (self-check)")
        quiet = Member(spec, -100, None, asyncio.get_running_loop().create_future())
        async with self._slot(quiet):
            plain = await self._local.run(spec)
        if plain.score is None or repr(plain.score) == repr(shared.score):
            return
        async with self._slot(quiet):
            again = await self._local.run(spec)
        if again.score is None or repr(again.score) != repr(plain.score):
            return  # the script itself is not repeatable: its scores say nothing about sharing
        reason = f"a repeated run scored {plain.score!r} instead of {shared.score!r}"
        self._ladder.refuse(spec, shared.rung, reason)
        if self._on_mismatch is not None:
            self._on_mismatch(Mismatch(member.spec, shared.rung, shared, plain))


def _cancel(task: asyncio.Task[RunResult]) -> None:
    task.cancel()


async def _settled(task: asyncio.Task[RunResult]) -> None:
    """Wait until ``task`` has ended though the caller is cancelled again meanwhile."""
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([task])


def _alive(members: Sequence[Member]) -> list[Member]:
    """Those that still want an outcome; the others get theirs."""
    for member in members:
        if not member.wanted:
            member.resolve(_CANCELLED)
    return [m for m in members if not m.done.done()]


def _by_seed(members: Sequence[Member]) -> list[list[Member]]:
    groups: dict[int, list[Member]] = {}
    for member in members:
        groups.setdefault(member.spec.seed, []).append(member)
    return list(groups.values())


async def _all(work: Sequence[Coroutine[Any, Any, None] | asyncio.Task[None]]) -> None:
    """Await all; when one fails or the caller is cancelled, the others are cancelled and awaited."""
    tasks = [asyncio.ensure_future(w) for w in work]
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
