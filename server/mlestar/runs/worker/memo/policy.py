"""Which calls are worth looking at: long ones whose prints cost little. Learnt while the run goes on.

A kind of call is its name and the size of what it gets, by powers of two: sizes decide how long it takes. A kind that
proved cheap is not looked at again in this run, so that a program of many small calls pays nothing.
"""

from __future__ import annotations

import sys
from typing import Any

from .prints import bytes_per_second

_UNKNOWN_S = 0.03
_HEAVY_UNKNOWN_S = 1.0
_HEAVY = ("fit", "cross_", "read_", "permutation_", "learning_", "validation_", "mutual_", "load")


def rough_bytes(value: Any, depth: int = 0) -> int:
    """About how much memory a value's data takes; quick, and 0 for what is not known."""
    found = getattr(value, "nbytes", None)
    if isinstance(found, int) and not isinstance(value, type):
        if getattr(getattr(value, "dtype", None), "kind", "") == "O":
            return found * 8
        return found
    if isinstance(value, (str, bytes)):
        return len(value)
    if isinstance(value, (list, tuple)):
        if not value or depth > 2:
            return 0
        step = max(1, len(value) // 20)
        some = value[::step]
        return 8 * len(value) + sum(rough_bytes(item, depth + 1) for item in some) * len(value) // len(some)
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and len(shape) == 2 and "pandas" in sys.modules:
        return 8 * int(shape[0]) * int(shape[1])
    data: Any = getattr(value, "data", None)
    return 2 * int(data.nbytes) if hasattr(data, "nbytes") else 0


class Policy:
    """``share`` is what prints and storing may cost, as a part of a call's own time."""

    def __init__(self, threshold_s: float, share: float) -> None:
        self.threshold_s, self.share = threshold_s, share
        self._took: dict[tuple[str, int], tuple[float, float]] = {}
        """Kind -> seconds of its last call, seconds that the memo spent on it."""

    def worth(self, kind: "tuple[str, int]", size: int) -> bool:
        """Whether to look at this call."""
        known = self._took.get(kind)
        forecast = 2.0 * size / bytes_per_second()
        if known is None:
            name = kind[0].rpartition(".")[2]
            return forecast < (_HEAVY_UNKNOWN_S if name.startswith(_HEAVY) else _UNKNOWN_S)
        took, spent = known
        return took >= self.threshold_s and max(spent, forecast) < self.share * took

    def learn(self, kind: "tuple[str, int]", took: float, spent: float) -> None:
        self._took[kind] = (took, spent)
