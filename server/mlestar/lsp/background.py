"""Threads for analysis that never keep the process alive: at its exit Python waits for every thread of an executor."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

logger = logging.getLogger("mlestar.background")

T = TypeVar("T")


class Background:
    """A few daemon threads that call functions for the event loop, first come first served."""

    def __init__(self, threads: int, name: str) -> None:
        self._threads = threads
        self._name = name
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._started = 0

    async def call(self, function: Callable[..., T], *args: Any) -> T:
        """``function(*args)`` in one of the threads."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def settle(result: T | None, error: BaseException | None) -> None:
            if future.done():
                return  # the caller was cancelled
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(result)  # type: ignore[arg-type]  # T may be None itself

        def work() -> None:
            result, failure = None, None
            try:
                result = function(*args)
            except BaseException as error:
                failure = error
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(settle, result, failure)

        self._put(work)
        return await future

    def post(self, function: Callable[..., None], *args: Any) -> None:
        """``function(*args)`` in one of the threads, behind what waits there already; nobody hears of its end."""
        self._put(lambda: function(*args))

    def _put(self, work: Callable[[], None]) -> None:
        if self._started < self._threads:
            self._started += 1
            threading.Thread(target=self._serve, name=f"{self._name}-{self._started}", daemon=True).start()
        self._work.put(work)

    def _serve(self) -> None:
        while True:
            self._once(self._work.get())

    def _once(self, work: Callable[[], None]) -> None:
        """A frame of its own: what the work held is let go before the thread waits for the next."""
        try:
            work()
        except Exception:
            logger.exception("Work in the thread %s failed", self._name)
