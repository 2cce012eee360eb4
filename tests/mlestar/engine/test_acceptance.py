"""Verdicts: real gains are found, noise is not, and what cannot be decided says so."""

from __future__ import annotations

import random

import pytest

from cst_tools.types import Direction
from mlestar.engine.acceptance import confidence_of, effect_of, judge, paired_gains, t_quantile
from mlestar.types import Verdict


def test_gains_are_paired_by_seed_and_signed_by_direction() -> None:
    baseline, candidate = {0: 0.8, 1: 0.7, 2: 0.9}, {1: 0.75, 2: 0.92, 3: 0.1}
    assert paired_gains(Direction.MAXIMIZE, baseline, candidate) == pytest.approx((0.05, 0.02))
    assert paired_gains(Direction.MINIMIZE, baseline, candidate) == pytest.approx((-0.05, -0.02))


def test_the_interval_is_student_t_with_nadeau_and_bengio() -> None:
    assert t_quantile(4, 0.95) == pytest.approx(2.7764, abs=1e-4)
    effect = effect_of((0.01, 0.02, 0.03, 0.02, 0.02))
    assert effect is not None and effect.pairs == 5
    # s = 0.0070711, sqrt(1/5 + 1/4) = 0.67082
    assert effect.mean == pytest.approx(0.02)
    assert effect.high - effect.mean == pytest.approx(2.7764 * 0.0070711 * 0.67082, rel=1e-3)


def test_a_clear_gain_is_better_and_its_mirror_image_worse() -> None:
    gains = (0.02, 0.025, 0.018, 0.022, 0.021)
    assert judge(gains, 5)[0] is Verdict.BETTER
    assert judge(tuple(-g for g in gains), 5)[0] is Verdict.WORSE


def test_noise_is_no_difference() -> None:
    verdict, effect, reason = judge((0.02, -0.03, 0.01, -0.01, 0.015), 5)
    assert verdict is Verdict.NO_DIFFERENCE and effect is not None and "holds zero" in reason


def test_too_few_pairs_are_undecided_never_a_gain() -> None:
    assert judge((), 5)[0] is Verdict.UNDECIDED
    assert judge((0.5,), 5)[0] is Verdict.UNDECIDED
    verdict, _, reason = judge((0.5, 0.6), 5)
    assert verdict is Verdict.UNDECIDED and "2 of 5" in reason
    assert judge((0.02, -0.03, 0.01), 5)[0] is Verdict.UNDECIDED


def test_a_fixed_split_is_undecided_because_luck_cannot_be_told_from_skill() -> None:
    verdict, _, reason = judge((0.03,) * 5, 5)
    assert verdict is Verdict.UNDECIDED and "random_state" in reason
    assert judge((0.0,) * 5, 5)[0] is Verdict.NO_DIFFERENCE


def test_a_gain_on_the_rows_that_chose_it_is_not_confirmed() -> None:
    gains = (0.02, 0.025, 0.018, 0.022, 0.021)
    verdict, _, reason = judge(gains, 5, fixed_split=True)
    assert verdict is Verdict.UNDECIDED and "no seed moves the split" in reason
    assert judge(tuple(-g for g in gains), 5, fixed_split=True)[0] is Verdict.WORSE


def test_false_claims_stay_rare_although_splits_overlap() -> None:
    """Gains of a worthless candidate, correlated as overlapping splits make them, are rarely claimed."""
    rng = random.Random(0)
    claims = 0
    studies = 4000
    for _ in range(studies):
        shared = rng.gauss(0, 0.2**0.5)  # correlation 0.2 = test / (test + train) of an 80:20 split
        gains = tuple(shared + rng.gauss(0, 0.8**0.5) for _ in range(5))
        claims += judge(gains, 5)[0] is Verdict.BETTER
    assert claims / studies < 0.035


def test_many_attempts_together_stay_below_five_per_cent() -> None:
    one_sided = [(1 - confidence_of(attempt)) / 2 for attempt in range(30)]
    assert one_sided[:3] == pytest.approx([0.025, 0.0125, 0.00625])
    assert sum(one_sided) <= 0.05
    gains = (0.02, 0.015, 0.03, 0.02, 0.01)
    assert judge(gains, 5, confidence_of(0))[0] is Verdict.BETTER
    assert judge(gains, 5, confidence_of(3))[0] is Verdict.NO_DIFFERENCE
