"""Which run goes when: threads are handed out by priority, and each run ends with its process tree."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from mlestar.runs.local import LocalExecutor, OnOutput, not_started
from mlestar.runs.slots import Slots, physical_cores
from mlestar.runs.types import RunResult, RunSpec


class Scheduler:
    """Runs variants in child processes.

    ``home`` holds scratch folders (removed after each run); ``parallel`` is the number of threads handed out,
    default one a physical core; ``protection`` is ``auto``, ``overlay`` or ``copy``.
    """

    def __init__(self, *, home: Path, parallel: int | None = None, protection: str | None = None) -> None:
        self._local = LocalExecutor(home=home, protection=protection)
        self._slots = Slots(parallel or physical_cores())
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    @property
    def parallel(self) -> int:
        """Threads handed out: how many one-threaded runs go at a time."""
        return self._slots.total

    async def run(self, spec: RunSpec, *, priority: int = 0, on_output: OnOutput | None = None) -> RunResult:
        """One run to its end; never raises for what the script does. Cancelling the task ends the tree first.

        ``on_output`` gets (``stdout`` or ``stderr``, text) as it comes; after ``output_bytes`` only a little a second.
        """
        if self._closed:
            return not_started("the scheduler is closed")
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            async with self._slots.take(spec.limits.threads, priority):
                return await self._local.run(spec, on_output)
        finally:
            self._tasks.discard(task)

    async def close(self) -> None:
        """Cancel every run and wait until their trees are dead."""
        self._closed = True
        mine = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)
        await self._local.close()
