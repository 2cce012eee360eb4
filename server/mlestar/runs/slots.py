"""How many runs go on at a time: threads are handed out by priority, then in order of asking."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil


def physical_cores() -> int:
    """Cores that this process may use; a hyper-thread is not one. At least 1."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    return max(1, cores)


class Slots:
    """``total`` threads; a run takes as many as it may use, at most all of them."""

    def __init__(self, total: int) -> None:
        self.total = total
        self._free = total
        self._waiting: list[tuple[int, int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    @asynccontextmanager
    async def take(self, threads: int, priority: int) -> AsyncIterator[None]:
        """Higher ``priority`` goes first."""
        need = min(max(1, threads), self.total)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (-priority, next(self._order), need, turn))
        self._hand_out()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._free += need
            else:
                turn.cancel()
            self._hand_out()
            raise
        try:
            yield
        finally:
            self._free += need
            self._hand_out()

    def _hand_out(self) -> None:
        while self._waiting:
            _, _, need, turn = self._waiting[0]
            if turn.done():  # cancelled while it waited
                heapq.heappop(self._waiting)
                continue
            if need > self._free:
                return
            heapq.heappop(self._waiting)
            self._free -= need
            turn.set_result(None)
