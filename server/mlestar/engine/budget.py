"""What a study may use, and a forecast of what is left. The limit is hard: what still runs at its end is killed."""

from __future__ import annotations

import time
from collections.abc import Callable


class Budget:
    """Wall time of one study, counted from creation."""

    def __init__(self, wall_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self.wall_s = wall_s

    @property
    def used_s(self) -> float:
        return self._clock() - self._started

    @property
    def left_s(self) -> float:
        return max(0.0, self.wall_s - self.used_s)

    @property
    def spent(self) -> bool:
        return self.left_s <= 0

    def allows(self, runs: int, seconds_a_run: float, parallel: int) -> bool:
        """Would ``runs`` more runs of this length, ``parallel`` at a time, end before the budget does?"""
        return forecast(runs, seconds_a_run, parallel) <= self.left_s


def forecast(runs: int, seconds_a_run: float, parallel: int) -> float:
    """Seconds that ``runs`` take in waves of ``parallel``."""
    waves = -(-runs // max(1, parallel))
    return waves * seconds_a_run
