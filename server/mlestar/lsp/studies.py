"""Studies that the editor asked for: one a file at a time, the rest in a queue that can be seen.

The same question asked twice while it is being answered joins the first. A study ends when the last one who waits for
it gives up, when its progress is cancelled, or on command; each of these cancels the engine's task, and with it every
process of the run.
"""

from __future__ import annotations

import asyncio
import enum
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from mlestar.engine.types import Event


class StudyKind(str, enum.Enum):
    ABLATION = "ablation"
    REFINEMENT = "refinement"


@dataclass(frozen=True)
class Question:
    """What a study answers; equal questions have one answer."""

    uri: str
    kind: StudyKind
    text: str
    block_id: str | None = None
    plan_id: str | None = None


class StudyCancelled(Exception):
    """The study was cancelled by someone else than the one who waits for it."""


@dataclass(eq=False)
class Job:
    """A study in the queue or under way."""

    number: int
    question: Question
    title: str
    running: bool = False
    last: Event | None = None
    waiting: int = 0
    listeners: list[Callable[[Event], None]] = field(default_factory=list)
    task: asyncio.Task[Any] | None = None
    cancelled: bool = False
    finished: bool = False

    def cancel(self) -> None:
        self.cancelled = True
        if self.task is not None:
            self.task.cancel()


Run = Callable[[Callable[[Event], None]], Awaitable[Any]]


class Studies:
    """All jobs, by file. Used on the loop only."""

    def __init__(self, changed: Callable[[Job], None]) -> None:
        self._changed = changed
        self._jobs: dict[str, list[Job]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._numbers = itertools.count(1)

    def of(self, uri: str) -> tuple[Job, ...]:
        """Jobs of a file: the one under way, then the queue."""
        return tuple(self._jobs.get(unquote(uri), ()))

    def start(self, question: Question, title: str, run: Run) -> Job:
        key = unquote(question.uri)
        jobs = self._jobs.setdefault(key, [])
        for job in jobs:
            if job.question == question and not job.cancelled:
                return job
        job = Job(next(self._numbers), question, title)
        jobs.append(job)
        job.task = asyncio.ensure_future(self._run(key, job, run))
        return job

    async def _run(self, key: str, job: Job, run: Run) -> Any:
        lock = self._locks.setdefault(key, asyncio.Lock())
        try:
            self._changed(job)
            async with lock:
                job.running = True
                self._changed(job)

                def heard(event: Event) -> None:
                    job.last = event
                    for listener in tuple(job.listeners):
                        listener(event)
                    self._changed(job)

                return await run(heard)
        finally:
            job.finished = True
            jobs = self._jobs.get(key, [])
            if job in jobs:
                jobs.remove(job)
            if not jobs:
                self._jobs.pop(key, None)
                if not lock.locked():
                    self._locks.pop(key, None)
            self._changed(job)

    async def answer(self, job: Job) -> Any:
        """The report, once there is one. Raises `StudyCancelled`, or whatever the engine raised."""
        assert job.task is not None
        job.waiting += 1
        try:
            return await asyncio.shield(job.task)
        except asyncio.CancelledError:
            if job.task.done():
                raise StudyCancelled(job.title) from None
            if job.waiting == 1:
                job.cancel()
            raise
        finally:
            job.waiting -= 1

    def cancel(self, uri: str | None) -> int:
        """Cancel the studies of one file, or all; how many there were."""
        if uri is not None:
            jobs = list(self._jobs.get(unquote(uri), ()))
        else:
            jobs = [job for of_file in self._jobs.values() for job in of_file]
        for job in jobs:
            job.cancel()
        return len(jobs)

    async def close(self) -> None:
        """Cancel everything and wait until every process is gone."""
        tasks = [job.task for jobs in self._jobs.values() for job in jobs if job.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
