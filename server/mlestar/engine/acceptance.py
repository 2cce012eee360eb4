"""Is a gain real? Paired comparison of a candidate with the baseline on the same seeds and splits.

Each seed gives one pair of scores, baseline and candidate, from the same split; the gain is their difference, so
that what both share (an easy split, a lucky seed) cancels. The mean gain gets a confidence interval from
Student's t with the variance of Nadeau and Bengio ("Inference for the Generalization Error", Machine Learning
52, 2003): train and test sets of different seeds overlap, so the differences are correlated and the plain
standard error is too small; theirs multiplies the sample variance by ``1/n + test/train`` instead of ``1/n``.

Selection and confirmation never share a seed. A candidate's gain on the seeds that chose it is optimistic (the
winner's curse); only the interval on fresh seeds decides.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping

from cst_tools.types import Direction
from mlestar.types import Effect, Verdict

SELECTION_SEEDS = 0
"""Seeds 0, 1, 2 ... measure noise, ablate and choose; seed 0 is the script exactly as written."""
CONFIRMATION_SEEDS = 101
"""Seeds 101, 102 ... confirm, and do nothing else."""
MAX_CONFIRMATIONS = 2
"""Candidates of one block that may try to be confirmed."""
OVERLAP = 0.25
"""Assumed ratio of test to training rows, the usual 80:20 split, in Nadeau and Bengio's variance."""
LEAST_PAIRS = 3
SAME_ROWS = (
    "better at every model seed, but no seed moves the split, so the rows that chose it also judged it; give the split "
    "a random_state, or use cross-validation, to have it confirmed"
)
FIXED_SPLIT = (
    "the gain is the same at every seed: nothing in the script depends on a seed, so one fixed split decides and "
    "luck cannot be told from skill; give the split a random_state, or use cross-validation"
)


def confidence_of(attempt: int) -> float:
    """Confidence of the interval of a study's first (0), second (1) ... attempt to confirm a candidate.

    Every attempt may wrongly succeed, on one side of its interval: 2.5 %, then 1.25 %, 0.625 % ... so that a study,
    however many blocks it goes through, wrongly claims a gain with a probability of at most 5 % (alpha spending).
    """
    return float(1 - 0.05 / 2**attempt)


def paired_gains(
    direction: Direction, baseline: Mapping[int, float], candidate: Mapping[int, float]
) -> tuple[float, ...]:
    """Gains, positive is better, for the seeds that both have, in the order of the seeds."""
    return tuple(direction.gain(baseline[s], candidate[s]) for s in sorted(baseline.keys() & candidate.keys()))


def effect_of(gains: tuple[float, ...], confidence: float = 0.95) -> Effect | None:
    """Mean gain with its interval; None without a pair. One pair, or equal gains, give an interval without width."""
    if not gains:
        return None
    mean = statistics.fmean(gains)
    if len(gains) < 2:
        return Effect(mean, mean, mean, len(gains), confidence)
    half = t_quantile(len(gains) - 1, confidence) * statistics.stdev(gains) * math.sqrt(1 / len(gains) + OVERLAP)
    return Effect(mean, mean - half, mean + half, len(gains), confidence)


def judge(
    gains: tuple[float, ...], wanted: int, confidence: float = 0.95, *, fixed_split: bool = False
) -> tuple[Verdict, Effect | None, str]:
    """Verdict, effect and one sentence of why, from the gains on confirmation seeds.

    ``wanted`` pairs were planned: fewer make *no difference* into *undecided within budget*, because a wider
    interval may only be for want of runs. With a ``fixed_split`` the rows that chose also confirm, so a gain stays
    undecided, however sure it is on those rows.
    """
    effect = effect_of(gains, confidence)
    if effect is None or len(gains) < LEAST_PAIRS:
        return (
            Verdict.UNDECIDED,
            effect,
            f"{len(gains)} of {wanted} confirmation pairs were run; {LEAST_PAIRS} is the least",
        )
    if max(gains) - min(gains) <= 1e-12 * max(1.0, abs(effect.mean)):
        if abs(effect.mean) <= 1e-12:
            return Verdict.NO_DIFFERENCE, effect, f"every score is the same in all {len(gains)} pairs"
        return Verdict.UNDECIDED, effect, FIXED_SPLIT
    interval = f"{effect.low:+.4g} to {effect.high:+.4g} ({100 * confidence:.4g} %, {len(gains)} pairs)"
    if effect.low > 0 and fixed_split:
        return Verdict.UNDECIDED, effect, f"{SAME_ROWS}: {interval}"
    if effect.low > 0:
        return Verdict.BETTER, effect, f"the gain is above zero on seeds and splits not used for choosing: {interval}"
    if effect.high < 0:
        return Verdict.WORSE, effect, f"the script gets worse: {interval}"
    if len(gains) < wanted:
        return (
            Verdict.UNDECIDED,
            effect,
            f"the interval holds zero and {wanted - len(gains)} pairs were not run: {interval}",
        )
    return Verdict.NO_DIFFERENCE, effect, f"the interval holds zero: {interval}"


def t_quantile(degrees: int, confidence: float) -> float:
    """Two-sided quantile of Student's t: half the width, in standard errors, of a ``confidence`` interval."""
    from scipy.special import stdtrit  # SciPy comes with scikit-learn; 0.1 s to import, so only when a study runs

    return float(stdtrit(degrees, 0.5 + confidence / 2))
