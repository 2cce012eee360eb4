"""Progress is lazy, falls never, ends once, and can be cancelled."""

from __future__ import annotations

import asyncio

import pytest
from lsp_conversation import Conversation, conversation

from mlestar.engine.types import Event, EventKind
from mlestar.lsp import progress as module
from mlestar.lsp.progress import Progress, describe_event


def event(done: int, total: int, left: float | None = None) -> Event:
    return Event(
        EventKind.RUN_FINISHED,
        "without features, seed 1",
        done,
        total,
        left,
        left=f"about {left:.0f} s" if left else "",
    )


async def ready(monkeypatch: pytest.MonkeyPatch) -> Conversation:
    monkeypatch.setattr(module, "DELAY_S", 0.03)
    talk = conversation()
    await talk.initialize({"window": {"workDoneProgress": True}})
    return talk


async def test_quick_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = await ready(monkeypatch)
    for token in (None, "mine"):
        shown = Progress(talk.server.session, "Ablation", lambda: None, token)
        shown.start()
        shown.report(event(1, 2))
        shown.finish("done")
    await asyncio.sleep(0.1)
    assert talk.heard("window/workDoneProgress/create") == []
    assert talk.heard("$/progress") == []
    assert talk.server.session.progress_cancels == {}


@pytest.mark.parametrize("token", [None, "mine", 7])
async def test_slow_work_begins_reports_and_ends_once(token: str | int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = await ready(monkeypatch)
    cancelled: list[bool] = []
    shown = Progress(talk.server.session, "Ablation", lambda: cancelled.append(True), token)
    shown.start()
    shown.report(event(1, 10))
    await asyncio.sleep(0.1)
    assert len(talk.heard("window/workDoneProgress/create")) == (1 if token is None else 0)
    shown.report(event(3, 10, 40))
    shown.report(event(3, 20, 90))  # more work turned up
    [used] = {params["token"] for params in talk.heard("$/progress")}
    assert token is None or used == token
    talk.notify("window/workDoneProgress/cancel", {"token": used})
    assert cancelled == [True]
    shown.finish("done")
    shown.finish("done twice")
    shown.report(event(9, 10))
    values = [params["value"] for params in talk.heard("$/progress")]
    assert [value["kind"] for value in values] == ["begin", "report", "report", "end"]
    assert [value.get("percentage") for value in values[:3]] == [10, 30, 30]
    assert values[0]["cancellable"] is True
    assert "run 4 of 10" in values[1]["message"]
    assert "about 40 s left" in values[1]["message"]
    assert talk.server.session.progress_cancels == {}


async def test_a_client_without_progress_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DELAY_S", 0.0)
    talk = conversation()
    await talk.initialize({})
    shown = Progress(talk.server.session, "Ablation", lambda: None)
    shown.start()
    await asyncio.sleep(0.03)
    shown.finish("done")
    assert talk.heard("window/workDoneProgress/create") == []
    assert talk.heard("$/progress") == []


def test_events_in_words() -> None:
    assert describe_event(event(2, 12, 40)) == "run 3 of 12: without features, seed 1; about 40 s left"
    assert describe_event(event(12, 12)) == "run 12 of 12: without features, seed 1"
    assert describe_event(Event(EventKind.PLAN, "a plan")) == "a plan"
