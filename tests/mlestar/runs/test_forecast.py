"""Forecasts against simulated studies: the range holds as often as it says, and narrows as runs end."""

from __future__ import annotations

import heapq
import math
import random
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlestar.runs.forecast import Forecast, Forecaster


def lengths_of_a_study(chance: random.Random, runs: int) -> tuple[list[float], list[float]]:
    """Made-up lengths of an earlier study, and of one whose machine, data or variants are somewhat different."""
    spread = chance.uniform(0.05, 0.5)
    typical = math.log(chance.uniform(1, 300))
    now = typical + chance.gauss(0, 0.15)
    return (
        [chance.lognormvariate(typical, spread) for _ in range(chance.choice([0, 3, 20]))],
        [chance.lognormvariate(now, spread) for _ in range(runs)],
    )


def carried_out(lengths: list[float], slots: int, stop_after: int) -> tuple[float, float, list[float], list[float]]:
    """List scheduling: when run number ``stop_after`` ended, when all had, the lengths known then, those under way."""
    events: list[tuple[float, float, float]] = []
    waiting = list(lengths)
    now, done = 0.0, []
    stopped: tuple[float, list[float], list[float]] | None = None
    while waiting or events:
        while waiting and len(events) < slots:
            length = waiting.pop(0)
            heapq.heappush(events, (now + length, now, length))
        if stopped is None and len(done) == stop_after:
            stopped = now, list(done), [now - began for _, began, _ in events]
        now, _, length = heapq.heappop(events)
        done.append(length)
    assert stopped is not None
    return stopped[0], now, stopped[1], stopped[2]


@pytest.mark.parametrize(("done", "slots"), [(1, 1), (1, 2), (5, 2), (10, 8), (50, 2), (30, 4)])
def test_four_of_five_studies_end_within_the_range(done: int, slots: int) -> None:
    chance = random.Random(f"{done} {slots}")
    inside, widths = 0, []
    studies = 120
    for _ in range(studies):
        runs = done + slots + chance.randrange(1, 60)
        history, lengths = lengths_of_a_study(chance, runs)
        at, end, known, under_way = carried_out(lengths, slots, done)
        forecaster = Forecaster(history)
        for length in known:
            forecaster.observe(length)
        forecast = forecaster.remaining(runs - done - len(under_way), slots, under_way)
        assert forecast is not None
        inside += forecast.low <= end - at <= forecast.high
        widths.append(forecast.high / forecast.low)
    assert 0.68 <= inside / studies <= 0.96, (inside / studies, statistics.median(widths))
    assert statistics.median(widths) < (3 if done == 1 else 1.8), "a range this wide says nothing"


def test_history_speaks_before_the_first_run_and_is_outvoted_later() -> None:
    fresh = Forecaster()
    assert fresh.remaining(10, 2) is None
    known = Forecaster([10.0] * 20)
    early = known.remaining(10, 2)
    assert early is not None and early.low < 50 < early.high
    for _ in range(40):
        known.observe(30.0)  # the data grew
    late = known.remaining(10, 2)
    assert late is not None and late.low > 120 and late.low < 150 < late.high
    assert late.high / late.low < early.high / early.low


def test_runs_under_way_are_counted_with_what_they_have_left() -> None:
    forecaster = Forecaster([60.0] * 20)
    just_begun, nearly_done = forecaster.remaining(0, 2, [1.0, 1.0]), forecaster.remaining(0, 2, [50.0, 50.0])
    hanging = forecaster.remaining(0, 2, [600.0, 600.0])
    assert just_begun and nearly_done and hanging
    assert nearly_done.likely < just_begun.likely / 1.5
    assert hanging.likely > nearly_done.likely, "nothing is promised for a run that takes far longer than any before"


def test_runs_that_share_work_are_expected_to_take_what_they_took() -> None:
    shared, plain = Forecaster([20.0] * 6), Forecaster([20.0] * 6)
    for seconds in (20.0, *(4.0, 5.0, 4.5, 5.5, 4.0, 6.0) * 2):
        shared.observe(seconds)
        plain.observe(20.0)
    left, left_plain = shared.remaining(10, 2), plain.remaining(10, 2)
    assert left and left_plain and left.likely < left_plain.likely / 2


@given(
    st.lists(st.floats(0.0, 1e5), max_size=30),
    st.lists(st.floats(0.0, 1e5), max_size=30),
    st.integers(0, 2000),
    st.integers(0, 64),
    st.lists(st.floats(0.0, 1e6), max_size=8),
)
@settings(max_examples=60, deadline=None)
def test_a_forecast_is_always_a_range_of_finite_seconds(
    history: list[float], own: list[float], runs: int, parallel: int, under_way: list[float]
) -> None:
    forecaster = Forecaster(history)
    for seconds in own:
        forecaster.observe(seconds)
    forecast = forecaster.remaining(runs, parallel, under_way)
    assert (forecast is None) == (not history and not own)
    if forecast is not None:
        assert 0 <= forecast.low <= forecast.likely <= forecast.high < math.inf
        more = forecaster.remaining(runs + 50, parallel, under_way)
        assert more is not None and more.likely >= 0.9 * forecast.likely
        cut = forecast.within(60)
        assert cut.low <= cut.likely <= cut.high <= 60
        assert str(forecast)


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0, 0, "about 1 s"),
        (4.2, 4.4, "about 4 s"),
        (31, 52, "30 to 50 s"),
        (61, 89, "60 to 90 s"),
        (130, 250, "2 to 4 min"),
        (10, 200, "up to 3 min"),
        (700, 760, "12 to 13 min"),
        (3000, 9000, "0.8 to 2.5 h"),
    ],
)
def test_no_more_digits_than_are_known(low: float, high: float, text: str) -> None:
    assert str(Forecast(low, (low + high) / 2, high)) == text
