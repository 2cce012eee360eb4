"""How long what is left of a study takes: a range, from earlier runs of the script and from this study's own.

Lengths of runs are taken as log-normal. What earlier studies say is the expectation that this study's own runs correct,
the faster the less they differ among themselves. Runs under way count too, with what they have left: those that ended
first are the short ones. The rest is then carried out in thought, slot by slot, many times, with lengths drawn from
what is known: the range is where four of five of these end.
"""

from __future__ import annotations

import heapq
import math
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

_DRIFT = 0.18
"""Standard deviation of the log factor between two studies: the script, the data or the machine may have changed."""
_USUAL_SPREAD = 0.35
"""Standard deviation of a log length, before anything is known; counts as two runs."""
_LEAST_SPREAD, _MOST_SPREAD = 0.08, 1.2
"""The machine is never quite as busy as before; and a range wider than this says nothing."""
_STUDIES = 40
"""How often the rest is carried out in thought."""
_DRAWN = 60
"""Runs whose lengths are drawn; of more, the mean is as good."""


@dataclass(frozen=True)
class Forecast:
    """Seconds until the last run has ended."""

    low: float
    likely: float
    high: float

    def within(self, seconds: float) -> Forecast:
        """The same, cut off where a budget ends."""
        return Forecast(min(self.low, seconds), min(self.likely, seconds), min(self.high, seconds))

    def __str__(self) -> str:
        """``2 to 4 min``, ``about 40 s``; no more digits than are known."""
        unit, name = next((u, n) for u, n in ((3600, "h"), (60, "min"), (1, "s")) if self.high >= 1.5 * u or u == 1)
        low, high = _rounded(self.low / unit), _rounded(self.high / unit)
        if high in ("0", low):
            return f"about {high if high != '0' else '1'} {name}"
        return f"{low} to {high} {name}" if low != "0" else f"up to {high} {name}"


def _rounded(number: float) -> str:
    if number >= 20:
        return str(round(number / 5) * 5)
    return f"{number:.1f}".removesuffix(".0") if 0.5 <= number < 3 and number % 1 > 0.2 else str(round(number))


class Forecaster:
    """``history``: wall seconds of earlier runs of the script, in any order; runs with shared work with what they
    themselves took."""

    def __init__(self, history: Sequence[float] = ()) -> None:
        self._history = [math.log(max(seconds, 1e-3)) for seconds in history]
        self._own: list[float] = []

    def observe(self, wall_s: float) -> None:
        """A run of this study ended (or was known from before) and took so long."""
        self._own.append(math.log(max(wall_s, 1e-3)))

    def remaining(self, runs: int, parallel: int, under_way: Sequence[float] = ()) -> Forecast | None:
        """Seconds that ``runs`` more take, ``parallel`` at a time, beside those ``under_way`` (seconds since each
        began). None when nothing is known of the script yet.
        """
        if not self._history and not self._own:
            return None
        if runs <= 0 and not under_way:
            return Forecast(0.0, 0.0, 0.0)
        known = self._lengths(self._own)
        for _ in range(3):
            longer = [math.log(max(t + _left(t, known, 0.5), 1e-3)) for t in under_way]
            known = self._lengths(self._own, longer)
        slots = max(1, parallel)
        ends = sorted(_carried_out(under_way, runs, slots, known, random.Random(seed)) for seed in range(_STUDIES))
        return Forecast(ends[_STUDIES // 10], statistics.median(ends), ends[-1 - _STUDIES // 10])

    def _lengths(self, own: list[float], also: Sequence[float] = ()) -> _Lengths:
        """``also``: expected ones; they count half, and for the mean alone."""
        past = self._history
        squares, freedom = 2 * _USUAL_SPREAD**2, 2.0
        for group, most in ((own, math.inf), (past, 10.0)):
            if len(group) > 1:
                weight = min(len(group) - 1, most)
                squares, freedom = squares + weight * statistics.variance(group), freedom + weight
        spread = min(max(math.sqrt(squares / freedom), _LEAST_SPREAD), _MOST_SPREAD)
        certainty = (len(own) + len(also) / 2) / spread**2
        weighted = (sum(own) + sum(also) / 2) / spread**2
        if past:
            before = 1 / (_DRIFT**2 + spread**2 / len(past))
            certainty, weighted = certainty + before, weighted + before * statistics.fmean(past)
        return _Lengths(weighted / certainty, 1 / math.sqrt(certainty), spread, freedom)


@dataclass(frozen=True)
class _Lengths:
    """What is known of the log lengths of runs."""

    centre: float
    """Their mean, and its standard deviation."""
    uncertainty: float
    spread: float
    """Their standard deviation, and how many runs it is known from."""
    freedom: float

    def drawn(self, chance: random.Random) -> _Lengths:
        """What might be true of them."""
        spread = self.spread * math.sqrt(self.freedom / max(chance.gammavariate(self.freedom / 2, 2), 1e-3))
        return _Lengths(chance.gauss(self.centre, self.uncertainty), 0.0, min(spread, _MOST_SPREAD), self.freedom)


def _left(elapsed: float, known: _Lengths, share: float) -> float:
    """Seconds that a run which has gone on for ``elapsed`` still takes: ``share`` of all that do end before that."""
    before = _NORMAL.cdf((math.log(max(elapsed, 1e-9)) - known.centre) / known.spread)
    rank = before + (1 - before) * share
    if rank > 1 - 1e-9:  # far longer than any before: it may well take as long again
        return elapsed * share
    return max(0.0, math.exp(known.centre + known.spread * _NORMAL.inv_cdf(max(rank, 1e-9))) - elapsed)


def _carried_out(
    under_way: Sequence[float], runs: int, slots: int, known: _Lengths, chance: random.Random
) -> float:  # fmt: skip
    """When the last of ``runs`` ends, each going to the slot that is free first: one way it may go."""
    true = known.drawn(chance)
    free = [_left(elapsed, true, chance.random()) for elapsed in under_way]
    free += [0.0] * (slots - len(free))
    rounds = max(0, runs - max(_DRAWN, 2 * slots)) // slots
    mean = math.exp(true.centre + true.spread**2 / 2)
    free = [end + rounds * mean for end in free]
    heapq.heapify(free)
    for _ in range(runs - rounds * slots):
        heapq.heapreplace(free, free[0] + math.exp(chance.gauss(true.centre, true.spread)))
    return max(free)


_NORMAL = statistics.NormalDist()
