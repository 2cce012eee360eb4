"""What is computed when. Time is simulated: a second of typing takes none, and counts are exact."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cst_tools.analysis import analyse
from cst_tools.script import Script
from mlestar.config import Settings
from mlestar.lsp import schedule as module
from mlestar.lsp.analysis import Analysed, Checked, Good
from mlestar.lsp.documents import Document, Layout, Part
from mlestar.lsp.rhythm import Rhythm
from mlestar.lsp.schedule import Schedule

URI = "file:///s.py"


class SimulatedTime(asyncio.SelectorEventLoop):
    """Waiting for a time lets it come at once."""

    def __init__(self) -> None:
        self.now = 100.0
        loop = self

        class Selector(selectors.SelectSelector):
            def select(self, timeout: float | None = None) -> Any:
                ready = super().select(0)
                if not ready and timeout:
                    loop.now += timeout
                return ready

        super().__init__(Selector())

    def time(self) -> float:
        return self.now


@dataclass
class Work:
    """One document; every check and analysis is counted by the text it was of."""

    text: str = ""
    check_s: float = 0.01
    analyse_s: float = 0.2
    checks: list[str] = field(default_factory=list)
    analyses: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    under_way: int = 0
    most: int = 0
    """Analyses under way at one time."""

    def snapshot(self, uri: str) -> Document | None:
        return Document(URI, Path("/s.py"), 1, (Part(URI, self.text, 1),))

    def check(self, document: Document) -> Checked:
        self.checks.append(document.text)
        script = Script.parse(document.text)
        return Checked(document, Settings(), Layout(document, "utf-16"), script, (), ())

    def analyse(self, document: Document, good: Good | None) -> Analysed:
        self.analyses.append(document.text)
        analysis = analyse(Script.parse(document.text))
        return Analysed(document, Settings(), Layout(document, "utf-16"), analysis, Good(analysis, document))

    def checked(self, found: Checked) -> None:
        self.shown.append(found.document.text)

    def analysed(self, known: Analysed) -> None:
        self.renewed.append(known.document.text)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    work = Work()

    async def timed(where: Any, function: Callable[..., Any], *args: Any) -> tuple[Any, float]:
        analysing = function == work.analyse
        took = work.analyse_s if analysing else work.check_s
        work.under_way += analysing
        work.most = max(work.most, work.under_way)
        await asyncio.sleep(took)
        work.under_way -= analysing
        return function(*args), took

    monkeypatch.setattr(module, "_timed", timed)
    return work


def simulate(program: Coroutine[Any, Any, None]) -> None:
    loop = SimulatedTime()
    try:
        loop.run_until_complete(program)
    finally:
        loop.close()


async def opened(work: Work, text: str = "x = 1\n") -> Schedule:
    schedule = Schedule(work)
    work.text = text
    schedule.submit(URI)
    await asyncio.sleep(10)
    assert (work.checks, work.analyses) == ([text], [text])
    for kept in (work.checks, work.analyses, work.shown, work.renewed):
        kept.clear()
    return schedule


async def type_in(schedule: Schedule, work: Work, count: int, gap: float) -> None:
    for number in range(count):
        if number:
            await asyncio.sleep(gap)
        work.text += f"y = {number}\n"
        schedule.submit(URI)


def test_the_first_edit_after_a_pause_is_checked_at_once(work: Work) -> None:
    async def program() -> None:
        schedule = await opened(work)
        await type_in(schedule, work, 1, 0)
        await asyncio.sleep(work.check_s + 0.001)
        assert work.shown == [work.text]

    simulate(program())


def test_every_keystroke_of_a_person_is_checked_and_none_is_analysed(work: Work) -> None:
    async def program() -> None:
        schedule = await opened(work)
        await type_in(schedule, work, 20, 0.15)
        await asyncio.sleep(work.check_s + 0.001)
        assert len(work.shown) == 20
        assert work.analyses == []
        await asyncio.sleep(3)
        assert len(work.checks) == 20
        assert work.analyses == [work.text], "once, when the typing paused"

    simulate(program())


def test_a_burst_costs_its_first_edit_and_its_end(work: Work) -> None:
    async def program() -> None:
        schedule = await opened(work)
        await type_in(schedule, work, 10, 0.03)
        await asyncio.sleep(3)
        assert len(work.checks) == 2
        assert work.shown[-1] == work.text
        assert work.analyses == [work.text]
        work.checks.clear()
        await type_in(schedule, work, 10, 0.03)
        await asyncio.sleep(3)
        assert work.checks == [work.text], "who types in bursts is expected to go on"
        work.checks.clear()
        for _ in range(20):
            await type_in(schedule, work, 1, 0)
            await asyncio.sleep(3)
        work.checks.clear()
        await type_in(schedule, work, 1, 0)
        await asyncio.sleep(work.check_s + 0.001)
        assert work.checks == [work.text], "who types one by one is not made to wait"

    simulate(program())


def test_a_long_burst_is_checked_while_it_lasts(work: Work) -> None:
    async def program() -> None:
        schedule = await opened(work)
        await type_in(schedule, work, 100, 0.03)
        assert 3 <= len(work.checks) <= 5

    simulate(program())


def test_checks_that_cost_much_do_not_pile_up(work: Work) -> None:
    async def program() -> None:
        schedule = await opened(work)
        work.check_s = 0.4
        await type_in(schedule, work, 40, 0.12)
        assert len(work.checks) <= 8
        await asyncio.sleep(3)
        assert work.shown[-1] == work.text

    simulate(program())


def test_an_overtaken_check_is_not_shown(work: Work) -> None:
    async def program() -> None:
        schedule = await opened(work)
        work.check_s = 0.05
        await type_in(schedule, work, 2, 0.02)
        await asyncio.sleep(3)
        assert len(work.checks) == 2
        assert work.shown == [work.text]

    simulate(program())


def test_what_nobody_looks_at_is_not_renewed(work: Work) -> None:
    async def program() -> None:
        schedule = await opened(work)
        schedule._slots[URI].watched = False
        await type_in(schedule, work, 3, 0.2)
        await asyncio.sleep(5)
        assert work.analyses == []
        known = await schedule.glance(URI)
        assert known is not None
        assert known.document.text == "x = 1\n", "the last analysis, at once"
        await asyncio.sleep(5)
        assert work.analyses == [work.text], "and renewed, because somebody looked"

    simulate(program())


def test_a_command_does_not_wait_for_the_pause(work: Work) -> None:
    async def program() -> None:
        schedule = await opened(work)
        await type_in(schedule, work, 3, 0.1)
        before = asyncio.get_running_loop().time()
        known = await schedule.current(URI, 5.0)
        assert known is not None
        assert known.document.text == work.text
        assert asyncio.get_running_loop().time() - before <= work.analyse_s + work.check_s + 0.01
        await asyncio.sleep(5)
        assert work.analyses == [work.text]

    simulate(program())


def test_a_command_that_cannot_wait_gets_what_there_is(work: Work) -> None:
    async def program() -> None:
        schedule = await opened(work)
        work.analyse_s = 2.0
        await type_in(schedule, work, 1, 0)
        known = await schedule.current(URI, 0.5)
        assert known is not None
        assert known.document.text == "x = 1\n"

    simulate(program())


def test_text_that_came_back_is_not_analysed_again(work: Work) -> None:
    async def program() -> None:
        schedule = await opened(work)
        text = work.text
        await type_in(schedule, work, 1, 0)
        work.text = text
        schedule.submit(URI)
        await asyncio.sleep(5)
        assert work.analyses == []
        schedule.submit(URI, forced=True)
        await asyncio.sleep(5)
        assert work.analyses == [text], "unless the settings are others"

    simulate(program())


def test_one_analysis_at_a_time(work: Work) -> None:
    async def program() -> None:
        schedule = Schedule(work)
        for number in range(5):
            schedule.submit(f"file:///{number}.py")
        await asyncio.sleep(10)
        assert len(work.analyses) == 5
        assert work.most == 1

    simulate(program())


def test_a_closed_document_is_let_go(work: Work) -> None:
    async def program() -> None:
        schedule = await opened(work)
        await type_in(schedule, work, 1, 0)
        schedule.forget(URI)
        await asyncio.sleep(5)
        assert (work.shown, work.analyses, work.renewed) == ([], [], [])
        assert await schedule.glance(URI) is None

    simulate(program())


def test_a_failing_check_leaves_the_last_good_answer(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    async def program() -> None:
        schedule = await opened(work)
        good = work.check
        monkeypatch.setattr(work, "check", lambda document: 1 / 0)
        await type_in(schedule, work, 1, 0)
        await asyncio.sleep(5)
        found = await schedule.findings(URI, 1.0)
        assert found is not None
        assert found.document.text == "x = 1\n"
        monkeypatch.setattr(work, "check", good)
        await type_in(schedule, work, 1, 0)
        await asyncio.sleep(5)
        assert work.shown == [work.text]

    simulate(program())


def test_the_pause_is_longer_for_who_types_slowly_and_for_what_costs_much() -> None:
    def pause(gap: float, cost: float) -> float:
        rhythm = Rhythm()
        for number in range(60):
            rhythm.edit(number * gap)
        return rhythm.pause_at(cost) - 59 * gap

    assert 0.08 < pause(0.08, 0.0) < pause(0.3, 0.0) < pause(0.3, 0.5) < 2.0
