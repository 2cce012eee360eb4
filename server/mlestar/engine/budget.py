"""What a study may use. The limit is hard: what still runs at its end is killed."""

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
