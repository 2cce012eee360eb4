"""Stopping a hopeless run before its end, from the intermediate scores that it sent.

Only for a search for something *better* (candidates of a refinement, trials of a tuning): there a run that cannot win
is worth nothing. An ablation asks how much worse the script gets, and the worst run is its most interesting one, so
these rules are not for it.

Sources: the median stopping rule (Golovin et al., "Google Vizier", KDD 2017, section 3.2.2); comparison with the
leader at equal step as in successive halving, widened by the spread of finished runs.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

GRACE = 10
"""Steps before anything is judged: the first rounds of boosting rank nobody."""
PATIENCE = 3
"""Steps in a row that must look hopeless."""


def below_median(curve: Sequence[float], finished: Sequence[Sequence[float]], *, least: int = 3) -> bool:
    """Vizier's rule: its best value so far is below the median of the others' running means up to the same step.

    Larger is better. At least ``least`` finished curves must reach this step.
    """
    step = len(curve)
    means = [statistics.fmean(other[:step]) for other in finished if len(other) >= step]
    return step >= GRACE and len(means) >= least and max(curve) < statistics.median(means)


def cannot_win(curve: Sequence[float], leader: Sequence[float], spread: float, *, beats: float = 3.0) -> bool:
    """True when the last `PATIENCE` points were each more than ``beats`` spreads below the leader at equal step.

    Larger is better. ``spread`` is the standard deviation of the final values of the same program over seeds; without
    it (0 or less) nothing is stopped, for then nobody knows what a difference means. Nor is a run that still gains on
    the leader faster than it must: at its pace of the last half it would reach the leader's end.
    """
    step = min(len(curve), len(leader))
    if spread <= 0 or len(curve) < GRACE + PATIENCE or len(curve) > len(leader):
        return False
    behind = [leader[i] - curve[i] for i in range(step)]
    if any(gap <= beats * spread for gap in behind[-PATIENCE:]):
        return False
    half = step // 2
    pace = (behind[half] - behind[-1]) / max(1, step - 1 - half)
    left = len(leader) - step
    return behind[-1] - pace * left > beats * spread
