"""How much of the machine each owner has had: what the next turn is decided by.

Start-time fair queueing: an owner's virtual time is the thread-seconds of its runs, those under way counted with the
time they usually take; the owner with the least goes next. One that comes back after having been away gets no credit
for it. Priorities overrule this, but not for ever: see `Account.overdue`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

PATIENCE = 8
"""How much more of the machine those of a higher priority get than an owner that waits below them."""
_MARGIN = 1.15
"""Runs of one script differ: so much more than the largest seen is kept for the next."""


@dataclass(frozen=True)
class Run:
    """One that is under way, with the priority it had when it was let go."""

    threads: int
    priority: int
    began: float


@dataclass(eq=False)
class Account:
    """What one owner has had."""

    used: float = 0.0
    """Thread-seconds of runs that ended, and what was added when it came back: its virtual time."""
    runs: int = 0
    """How many of its runs ended, and the wall and thread-seconds they took."""
    wall_s: float = 0.0
    thread_s: float = 0.0
    passed: float = 0.0
    """Thread-seconds that those of a higher priority had since it was served last."""
    boost: int = 0
    peaks: deque[int] = field(default_factory=lambda: deque(maxlen=8))
    running: dict[int, Run] = field(default_factory=dict)

    def virtual_time(self, now: float, usual_s: float) -> float:
        length = self.wall_s / self.runs if self.runs else usual_s
        return self.used + sum(r.threads * max(now - r.began, length) for r in self.running.values())

    def overdue(self, usual_s: float) -> float:
        """How often it could have run in the time others had; 0 as long as it has to be patient."""
        times = self.passed / max(self.thread_s / self.runs if self.runs else usual_s, 1e-3)
        return times if times >= PATIENCE else 0.0

    @property
    def expected_memory(self) -> int | None:
        """Bytes, a little above the most seen lately; None before the first run."""
        return int(max(self.peaks) * _MARGIN) if self.peaks else None


class Accounts:
    """One account an owner."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}

    def of(self, owner: str) -> Account:
        return self._accounts.setdefault(owner, Account())

    @property
    def usual_s(self) -> float:
        """Mean wall seconds of all runs so far."""
        runs = sum(account.runs for account in self._accounts.values())
        return sum(account.wall_s for account in self._accounts.values()) / runs if runs else 1.0

    def enter(self, owner: str, waiting: Iterable[str], now: float) -> None:
        """``owner`` asks for a turn; ``waiting`` are the owners who did before."""
        active = {*waiting, *(name for name, account in self._accounts.items() if account.running)}
        if owner in active:
            return
        account, usual = self.of(owner), self.usual_s
        account.used = max(account.used, min((self.of(o).virtual_time(now, usual) for o in active), default=0.0))
        account.passed = 0.0

    def begin(self, owner: str, number: int, run: Run) -> None:
        account = self.of(owner)
        account.running[number] = run
        account.passed = 0.0

    def end(self, owner: str, number: int, now: float, waiting: Mapping[str, int]) -> None:
        """A run ended; ``waiting`` are the owners who wait, with their highest priority."""
        account = self.of(owner)
        run = account.running.pop(number)
        wall_s = now - run.began
        account.runs += 1
        account.wall_s += wall_s
        account.thread_s += run.threads * wall_s
        account.used += run.threads * wall_s
        for other, priority in waiting.items():
            if other != owner and priority < run.priority:
                self.of(other).passed += run.threads * wall_s

    def forget(self, owner: str, number: int) -> None:
        """The run was given up before it began."""
        self.of(owner).running.pop(number)
