"""Who gets the machine's threads, memory and GPUs, and when: by priority, then fairly between owners.

An owner is whoever shares one queue, usually a script. The order of those who wait:

* the claims with the highest priority first (the user may look at one script: `Pool.raise_priority`);
* among equals the owner that has had the least of the machine so far, so that a study of a thousand runs does not keep
  five runs of another script waiting (start-time fair queueing over thread-seconds);
* whatever the priorities, an owner goes next when those above it have had many times what one of its runs takes
  (`fairness.PATIENCE`).

The first in that order that does not fit keeps a reservation: others may overtake it only as long as it could still
start beside them once the runs that were there before have ended. So a claim for the whole machine is never starved by
small ones, and the machine does not stand idle meanwhile.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from mlestar.runs import machine
from mlestar.runs.fairness import Accounts, Run

_UNKNOWN = 0.6
"""Share of the memory that a run of a script never seen before may be going to use: no two of them go together."""
_LOOK_AGAIN_S = 2.0
"""How often the memory of others is looked at while a claim waits for it."""
_OWN_USE_AGE_S = 1.0
"""How old what our runs use may be: finding it out takes a look at every process."""
_GIB = 1024**3


@dataclass(frozen=True)
class Claim:
    """What one run needs. More than there is means all there is."""

    threads: int = 1
    memory_bytes: int | None = None
    """Expected peak; None: what earlier runs of the owner took (see `Pool.learn`), unknown before the first."""
    gpus: int = 0
    """Whole GPUs."""


@dataclass(frozen=True)
class Grant:
    """What a run was given, until it gives it back."""

    threads: int
    memory_bytes: int
    """Kept for it, by expectation; nobody enforces it."""
    gpus: tuple[str, ...] = ()
    short_of_memory: bool = False
    """It was let go alone though the memory that is free is less than it took before."""


@dataclass(frozen=True)
class Capacity:
    """What the pool hands out. ``memory_bytes`` None: memory is not looked at."""

    threads: int
    memory_bytes: int | None = None
    gpus: tuple[str, ...] = ()
    runs_a_gpu: int = 1


@dataclass(frozen=True)
class State:
    """For the user interface."""

    running: int
    waiting: int
    held: str
    """Why fewer runs go than could: ``paused: on battery``; empty when nothing holds them."""


class PoolClosed(Exception):
    """No claim is granted any more."""


@dataclass(eq=False)
class _Waiting:
    claim: Claim
    owner: str
    priority: int
    order: int
    turn: asyncio.Future[Grant]


class Pool:
    """Hands out ``capacity``. Used from one event loop.

    ``available`` tells the bytes that could be taken now, ``own_use`` those that our runs have taken; both are asked
    only when memory may be short. ``on_change`` hears of every `State` that differs from the last.
    """

    def __init__(
        self,
        capacity: Capacity,
        *,
        available: Callable[[], int] | None = None,
        own_use: Callable[[], int] | None = None,
        on_change: Callable[[State], None] | None = None,
    ) -> None:
        self.capacity = capacity
        self._available, self._own_use, self._on_change = available, own_use, on_change
        self._waiting: list[_Waiting] = []
        self._accounts = Accounts()
        self._order = itertools.count()
        self._free_threads = capacity.threads
        self._gpu_slots = dict.fromkeys(capacity.gpus, capacity.runs_a_gpu)
        self._memory = 0
        self._running: dict[int, Grant] = {}
        self._head: _Waiting | None = None
        self._overtook: set[int] = set()
        self._most: int | None = None
        self._why = ""
        self._closed = False
        self._look_again: asyncio.TimerHandle | None = None
        self._own_use_seen = (float("-inf"), 0)
        self._told = State(0, 0, "")

    # --- asking ----------------------------------------------------------------------------------------

    @asynccontextmanager
    async def take(self, claim: Claim, *, priority: int = 0, owner: str = "") -> AsyncIterator[Grant]:
        """Wait for a turn, and hold what was granted for as long as the context lasts.

        Raises:
            PoolClosed: the pool was closed before it was granted.
        """
        if self._closed:
            raise PoolClosed
        self._accounts.enter(owner, (w.owner for w in self._waiting), _now())
        threads, gpus = min(claim.threads, self.capacity.threads), min(claim.gpus, len(self.capacity.gpus))
        wanted = Claim(max(1, threads), claim.memory_bytes, max(0, gpus))
        waiting = _Waiting(wanted, owner, priority, next(self._order), _future())
        self._waiting.append(waiting)
        self._hand_out()
        try:
            grant = await waiting.turn
        except BaseException:
            if waiting.turn.done() and not waiting.turn.cancelled() and waiting.turn.exception() is None:
                self._give_back(waiting, ran=False)  # granted in the moment in which the caller was cancelled
            elif waiting in self._waiting:
                self._waiting.remove(waiting)
            self._hand_out()
            raise
        try:
            yield grant
        finally:
            self._give_back(waiting, ran=True)
            self._hand_out()

    def raise_priority(self, owner: str, by: int) -> None:
        """From now on all claims of ``owner``, waiting ones too, count ``by`` more than they asked for; 0 ends that."""
        self._accounts.of(owner).boost = by
        self._hand_out()

    def offer_gpus(self, names: tuple[str, ...], runs_a_gpu: int = 1) -> None:
        """What was found out after the start: GPUs to hand out from now on, in place of those before.

        Raises:
            ValueError: one of those before is in use.
        """
        if any(grant.gpus for grant in self._running.values()):
            raise ValueError("a GPU is in use")
        self.capacity = replace(self.capacity, gpus=names, runs_a_gpu=runs_a_gpu)
        self._gpu_slots = dict.fromkeys(names, runs_a_gpu)
        self._hand_out()

    def learn(self, owner: str, peaks: Iterable[int]) -> None:
        """Bytes that runs of ``owner`` took at their peak, the newest last: what its next ones are expected to take."""
        self._accounts.of(owner).peaks.extend(peak for peak in peaks if peak > 0)
        self._hand_out()

    def expected_memory(self, owner: str) -> int | None:
        """Bytes that the next run of ``owner`` is expected to take; None before the first."""
        return self._accounts.of(owner).expected_memory

    # --- ruling ----------------------------------------------------------------------------------------

    def allow(self, runs: int | None, why: str = "") -> None:
        """Let at most ``runs`` go at a time (0: none, None: as many as fit). What runs already is left alone."""
        self._most, self._why = runs, why if runs is not None else ""
        self._hand_out()

    @property
    def state(self) -> State:
        return State(len(self._running), len(self._waiting), self._why)

    def close(self) -> None:
        """Refuse all who wait, and all to come; what was granted stays so until it is given back."""
        self._closed = True
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if not one.turn.done():
                one.turn.set_exception(PoolClosed())
        if self._look_again is not None:
            self._look_again.cancel()
        self._tell()

    # --- the order -------------------------------------------------------------------------------------

    def _in_order(self, now: float) -> list[_Waiting]:
        accounts, usual = {w.owner: self._accounts.of(w.owner) for w in self._waiting}, self._accounts.usual_s
        times = {owner: account.virtual_time(now, usual) for owner, account in accounts.items()}
        overdue = {owner: account.overdue(usual) for owner, account in accounts.items()}

        def rank(waiting: _Waiting) -> tuple[float, int, bool, float, int]:
            reserved = waiting is self._head
            priority, owner = self._priority(waiting), waiting.owner
            return -overdue[owner], -priority, not reserved, times[owner], waiting.order

        return sorted(self._waiting, key=rank)

    def _priority(self, waiting: _Waiting) -> int:
        return waiting.priority + self._accounts.of(waiting.owner).boost

    # --- handing out -----------------------------------------------------------------------------------

    def _hand_out(self) -> None:
        while not self._closed and self._waiting and self._free_threads:
            if self._most is not None and len(self._running) >= self._most:
                break
            self._waiting = [w for w in self._waiting if not w.turn.done()]  # cancelled while they waited
            order = self._in_order(_now())
            if not order:
                break
            first = order[0]
            free = self._free_memory()
            if self._fits(first, free):
                self._grant(first)
                continue
            if self._head is not first:
                self._head = first
                self._overtook.clear()
            passing = next((w for w in _kinds(order[1:]) if self._fits(w, free) and self._harmless(w, first)), None)
            if passing is None:
                if self._running and self._memory + self._need(first) > free:
                    self._watch_memory()
                break
            self._overtook.add(self._grant(passing))
        self._tell()

    def _fits(self, waiting: _Waiting, free: float) -> bool:
        """Does it go beside what runs now? What is too large for the free memory goes at least alone."""
        claim = waiting.claim
        if claim.threads > self._free_threads or claim.gpus > sum(slots > 0 for slots in self._gpu_slots.values()):
            return False
        return not self._running or self._memory + self._need(waiting) <= free

    def _harmless(self, waiting: _Waiting, head: _Waiting) -> bool:
        """Could ``head`` start beside this one and those that overtook it, once all others have ended?"""
        beside = [self._running[number] for number in self._overtook]
        threads = head.claim.threads + waiting.claim.threads + sum(g.threads for g in beside)
        gpus = head.claim.gpus + waiting.claim.gpus + sum(len(g.gpus) for g in beside)
        if threads > self.capacity.threads or (waiting.claim.gpus and gpus > len(self.capacity.gpus)):
            return False
        memory = self._need(head) + self._need(waiting) + sum(g.memory_bytes for g in beside)
        return self.capacity.memory_bytes is None or memory <= self._usable

    @property
    def _usable(self) -> int:
        """Bytes that runs may take together: a tenth, at most 2 GiB, stays for everybody else."""
        total = self.capacity.memory_bytes or 0
        return total - min(total // 10, 2 * _GIB)

    def _need(self, waiting: _Waiting) -> int:
        if self.capacity.memory_bytes is None:
            return 0
        need = waiting.claim.memory_bytes
        if need is None:
            need = self.expected_memory(waiting.owner)
        return int(self._usable * _UNKNOWN) if need is None else min(need, self._usable)

    def _free_memory(self) -> float:
        """Bytes that our runs may take together now, those that run included."""
        if self.capacity.memory_bytes is None:
            return float("inf")
        if self._available is None:
            return self._usable
        free = self._available() - (self.capacity.memory_bytes - self._usable)
        if self._memory and self._own_use is not None and 2 * self._memory > free:
            now = _now()
            if now - self._own_use_seen[0] > _OWN_USE_AGE_S:
                self._own_use_seen = now, self._own_use()
            free += min(self._memory, self._own_use_seen[1])  # they have taken part of what is kept for them
        return min(self._usable, free)

    def _watch_memory(self) -> None:
        if self._look_again is None:
            self._look_again = asyncio.get_running_loop().call_later(_LOOK_AGAIN_S, self._look)

    def _look(self) -> None:
        self._look_again = None
        self._hand_out()

    def _grant(self, waiting: _Waiting) -> int:
        need, number = self._need(waiting), waiting.order
        unknown = waiting.claim.memory_bytes is None and self.expected_memory(waiting.owner) is None
        short = not self._running and not unknown and need > self._free_memory()
        idlest = sorted((name for name, slots in self._gpu_slots.items() if slots), key=lambda n: -self._gpu_slots[n])
        gpus = idlest[: waiting.claim.gpus]
        for name in gpus:
            self._gpu_slots[name] -= 1
        grant = Grant(waiting.claim.threads, need, tuple(gpus), short)
        self._accounts.begin(waiting.owner, number, Run(grant.threads, self._priority(waiting), _now()))
        self._free_threads -= grant.threads
        self._memory += need
        self._running[number] = grant
        self._waiting.remove(waiting)
        if self._head is waiting:
            self._head = None
            self._overtook.clear()
        waiting.turn.set_result(grant)
        return number

    def _give_back(self, waiting: _Waiting, *, ran: bool) -> None:
        grant = self._running.pop(waiting.order)
        self._overtook.discard(waiting.order)
        self._free_threads += grant.threads
        self._memory -= grant.memory_bytes
        for name in grant.gpus:
            self._gpu_slots[name] += 1
        if not ran:
            self._accounts.forget(waiting.owner, waiting.order)
            return
        others = sorted((self._priority(other), other.owner) for other in self._waiting)
        self._accounts.end(waiting.owner, waiting.order, _now(), {owner: priority for priority, owner in others})

    def _tell(self) -> None:
        if self._on_change is not None and self.state != self._told:
            self._told = self.state
            self._on_change(self._told)


def machine_pool(threads: int | None = None, *, on_change: Callable[[State], None] | None = None) -> Pool:
    """A pool of this machine's cores (or ``threads``) and memory; GPUs are offered once they have been looked for:
    ``pool.offer_gpus((await asyncio.to_thread(machine.nvidia_gpus)).names)``.
    """
    capacity = Capacity(threads or machine.physical_cores(), machine.memory().total)
    return Pool(
        capacity, available=lambda: machine.memory().available, own_use=machine.memory_below, on_change=on_change
    )


def _kinds(order: Iterable[_Waiting]) -> Iterator[_Waiting]:
    """The first of those that ask for the same: of a thousand alike, one speaks for all."""
    seen = set()
    for waiting in order:
        kind = waiting.owner, waiting.claim
        if kind not in seen:
            seen.add(kind)
            yield waiting


def _now() -> float:
    return asyncio.get_running_loop().time()


def _future() -> asyncio.Future[Grant]:
    return asyncio.get_running_loop().create_future()
