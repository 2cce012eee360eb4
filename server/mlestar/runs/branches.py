"""What the server knows of one process of a family: whom it stands for, what it printed, how long it ran."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlestar.runs.memory import oom_kills
from mlestar.runs.outcome import Events, result_of
from mlestar.runs.output import LineMatcher, Stream
from mlestar.runs.pipes import Incoming, Outgoing
from mlestar.runs.types import Rung, RunResult, RunSpec

MakeListener = Callable[["Process"], Callable[[str, str], None] | None]


class Process:
    """``key`` names it: the member it was forked for. ``base_s`` is what ran before it was forked, in seconds."""

    def __init__(
        self,
        folder: Path,
        key: int,
        members: list[int],
        events: Path,
        make_listener: MakeListener,
        streams: Callable[[Callable[[str, str], None] | None], tuple[Stream, Stream]],
    ) -> None:
        self.key, self.members, self.events = key, members, events
        self.parent: int | None = None
        self._folder, self._make_listener = folder, make_listener
        self.base_s = self.own_s = 0.0
        self.since: float | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.asked: list[list[int]] | None = None
        """The groups it wants to fork for, the first being its own, while it waits for the answer."""
        self.forks = 0
        self.born = self.began = self.dead = self.in_slot = False
        self.task: asyncio.Task[None] | None = None
        self.may_go, self.leave_slot = asyncio.Event(), asyncio.Event()
        self.may_go.set()
        self.oom_kills = oom_kills()
        self.go = Outgoing(folder / f"go.{key}")
        self.out, self.err = streams(make_listener(self))
        self._pipes = [
            Incoming(folder / f"out.{key}", self.out.add),
            Incoming(folder / f"err.{key}", self.err.add),
        ]

    @classmethod
    def trunk(cls, folder: Path, spec: RunSpec, make_listener: MakeListener, members: list[int]) -> Process:
        """The first process, which stands for everybody."""

        def streams(listener: Callable[[str, str], None] | None) -> tuple[Stream, Stream]:
            pattern, limit = spec.printed_pattern, spec.limits.output_bytes
            out, err = (LineMatcher(pattern) if pattern else None for _ in range(2))
            return Stream("stdout", limit, out, listener), Stream("stderr", limit, err, listener)

        made = cls(folder, 0, members, folder / "events.0", make_listener, streams)
        made.born = True
        return made

    def fork(self, group: list[int]) -> Process:
        """A process that stands for ``group`` from here on; what was printed and reported so far is its too."""
        events = self._folder / f"events.{group[0]}"
        made = Process(
            self._folder,
            group[0],
            group,
            events,
            self._make_listener,
            lambda to: (self.out.copy(to), self.err.copy(to)),
        )
        made.parent, made.base_s = self.key, self.base_s + self.own_s
        return made

    def result(
        self, spec: RunSpec, index: int, events: Events, answer: dict[str, Any], rung: Rung, leads: bool
    ) -> RunResult:
        """What came of it for member ``index``, without its inputs. Only the one that ``leads`` has used anything."""
        own = replace(events, values=list(events.values), end=dict(events.end) if events.end else None)
        if own.end is not None:
            own.end.update(own.end.pop("members", {}).get(str(index), {}))
        result = result_of(
            spec,
            answer,
            own,
            printed=[*self.out.matched, *self.err.matched] if spec.printed_pattern else None,
            oom_kills=oom_kills() - self.oom_kills,
            stdout=self.out.kept.text(),
            stderr=self.err.kept.text(),
            stdout_bytes=self.out.kept.total,
            stderr_bytes=self.err.kept.total,
        )
        if not leads:
            result = replace(result, wall_s=0.0, cpu_s=0.0)
        return replace(result, rung=rung, shared_s=self.base_s if leads else self.base_s + self.own_s)

    def stop_clock(self) -> None:
        if self.since is not None:
            self.own_s += time.monotonic() - self.since
            self.since = None
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def free_slot(self) -> None:
        """It needs its slot no longer, or never got it."""
        self.may_go.set()
        self.leave_slot.set()
        if not self.in_slot and self.task is not None:
            self.task.cancel()

    def drain(self) -> None:
        for pipe in self._pipes:
            pipe.drain()

    def close(self) -> None:
        self.stop_clock()
        for pipe in self._pipes:
            pipe.close()
        self.go.close()
