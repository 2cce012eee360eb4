"""One study a file; who may cancel it; and that cancelling ends the work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from mlestar.engine.types import Event, EventKind
from mlestar.lsp.studies import Job, Question, Studies, StudyCancelled, StudyKind


class Work:
    """Stands in for the engine: runs until it is told to end."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.happened: list[str] = []

    async def __call__(self, heard: Callable[[Event], None]) -> str:
        self.happened.append("began")
        heard(Event(EventKind.RUN_STARTED, "baseline", 0, 2))
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0.01)  # killing takes a moment
            self.happened.append("killed")
            raise
        return "report"


def question(uri: str = "file:///a.py", kind: StudyKind = StudyKind.ABLATION, **more: Any) -> Question:
    return Question(uri, kind, "text", **more)


async def test_the_same_question_is_joined_and_another_waits() -> None:
    states: list[tuple[int, bool, bool]] = []
    studies = Studies(lambda job: states.append((job.number, job.running, job.finished)))
    first, second, other = Work(), Work(), Work()
    job = studies.start(question(), "one", first)
    assert studies.start(question(), "one", second) is job
    later = studies.start(question(kind=StudyKind.REFINEMENT), "two", second)
    elsewhere = studies.start(question(uri="file:///b.py"), "three", other)
    await asyncio.sleep(0.01)
    assert (job.running, later.running, elsewhere.running) == (True, False, True)
    assert studies.of("file:///a.py") == (job, later)
    first.go.set()
    assert await studies.answer(job) == "report"
    await asyncio.sleep(0.01)
    assert later.running
    assert studies.of("file:///a.py") == (later,)
    await studies.close()
    assert studies.of("file:///a.py") == ()
    assert (job.number, True, True) in states


async def test_the_study_ends_when_the_last_waiter_gives_up() -> None:
    studies, work = Studies(lambda job: None), Work()
    job = studies.start(question(), "one", work)
    waiters = [asyncio.ensure_future(studies.answer(job)) for _ in range(2)]
    await asyncio.sleep(0.01)
    waiters[0].cancel()
    await asyncio.sleep(0.03)
    assert work.happened == ["began"]
    waiters[1].cancel()
    await asyncio.sleep(0.03)
    assert work.happened == ["began", "killed"]
    assert all(waiter.cancelled() for waiter in waiters)


async def test_who_waits_is_told_that_someone_else_cancelled() -> None:
    studies, work = Studies(lambda job: None), Work()
    job = studies.start(question(), "one", work)
    waiting = asyncio.ensure_future(studies.answer(job))
    await asyncio.sleep(0.01)
    assert studies.cancel("file:///a.py") == 1
    with pytest.raises(StudyCancelled):
        await waiting
    assert work.happened == ["began", "killed"]
    assert studies.cancel(None) == 0


async def test_a_cancelled_study_is_not_joined() -> None:
    studies, work, again = Studies(lambda job: None), Work(), Work()
    job = studies.start(question(), "one", work)
    await asyncio.sleep(0.01)
    job.cancel()
    new = studies.start(question(), "one", again)
    assert new is not job
    await asyncio.sleep(0.05)
    assert work.happened == ["began", "killed"]
    assert again.happened == ["began"], "it begins when the first one is dead"
    again.go.set()
    assert await studies.answer(new) == "report"


async def test_a_study_that_fails_says_so_and_frees_the_file() -> None:
    studies = Studies(lambda job: None)

    async def broken(heard: Callable[[Event], None]) -> str:
        raise RuntimeError("broken")

    job = studies.start(question(), "one", broken)
    with pytest.raises(RuntimeError, match="broken"):
        await studies.answer(job)
    assert studies.of("file:///a.py") == ()


async def test_listeners_hear_events() -> None:
    heard: list[Event] = []
    seen: list[Job] = []
    studies, work = Studies(seen.append), Work()
    job = studies.start(question(), "one", work)
    job.listeners.append(heard.append)
    await asyncio.sleep(0.01)
    assert [event.message for event in heard] == ["baseline"]
    assert job.last is heard[0]
    await studies.close()
