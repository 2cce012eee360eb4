"""How far a cheap tier ranks variants like the full runs do, kept per script so that the next study knows.

The agreement is measured where both are known: among the variants that went on to full fidelity. Those were the
largest at the low tier, so their effects lie in a narrow range and the agreement is understated rather than
flattered; a study that now and then runs everything in full gives a better estimate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from mlestar.engine.fidelity import BASELINE, FULL, Key, Ladder, Outcome
from mlestar.engine.types import Agreement

LEAST_VARIANTS = 3
"""Fewer give a rank agreement by luck."""


def agreements(ladder: Ladder, results: Mapping[Key, Outcome]) -> tuple[Agreement, ...]:
    """One for every tier below full that has at least two variants in common with it."""
    found = []
    full = {v: i for v in ladder.variants if (i := ladder.interval(v, FULL, results)) is not None}
    for tier in ladder.tiers:
        low = {v: i for v in full if (i := ladder.interval(v, tier, results)) is not None}
        if tier.full or len(low) < 2:
            continue
        both = sorted(low)
        a, b = [abs(low[v].mean) for v in both], [abs(full[v].mean) for v in both]
        first, best = both[a.index(max(a))], both[b.index(max(b))]
        enough = len(both) >= LEAST_VARIANTS
        costs = [
            min((o.seconds for (v, _, n), o in results.items() if v == BASELINE and n == name), default=0.0)
            for name in (FULL.name, tier.name)
        ]
        found.append(
            Agreement(
                tier.name,
                len(both),
                kendall(a, b) if enough else None,
                spearman(a, b) if enough else None,
                first == best or full[first].most >= full[best].least,
                costs[0] / costs[1] if costs[1] > 0 else 0.0,
            )
        )
    return tuple(found)


def trust_of(known: Sequence[Agreement]) -> dict[str, float]:
    """Mean tau by tier, over the studies that can tell; for `plan_screening`. One study alone convicts nobody."""
    by_tier: dict[str, list[float]] = {}
    for agreement in known:
        if agreement.tau is not None:
            by_tier.setdefault(agreement.tier, []).append(agreement.tau)
    return {tier: sum(taus) / len(taus) for tier, taus in by_tier.items() if len(taus) > 1}


def kendall(a: Sequence[float], b: Sequence[float]) -> float:
    """Kendall's tau-b, from -1 to 1; 0 when one side is all ties.

    >>> kendall([1, 2, 3], [1, 2, 3]), kendall([1, 2, 3], [3, 2, 1])
    (1.0, -1.0)
    """
    score, ties_a, ties_b, pairs = 0, 0, 0, 0
    for i in range(len(a)):
        for j in range(i):
            x, y = _sign(a[i] - a[j]), _sign(b[i] - b[j])
            score, pairs = score + x * y, pairs + 1
            ties_a, ties_b = ties_a + (x == 0), ties_b + (y == 0)
    below = math.sqrt((pairs - ties_a) * (pairs - ties_b))
    return score / below if below else 0.0


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    """Spearman's rank correlation with mean ranks for ties; 0 when one side is all ties."""
    x, y = _ranks(a), _ranks(b)
    mx, my = sum(x) / len(x), sum(y) / len(y)
    below = math.sqrt(sum((v - mx) ** 2 for v in x) * sum((v - my) ** 2 for v in y))
    return sum((p - mx) * (q - my) for p, q in zip(x, y, strict=True)) / below if below else 0.0


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(values)
    return [order.index(v) + (order.count(v) - 1) / 2 for v in values]


__all__ = ["Agreement", "agreements", "kendall", "spearman", "trust_of"]
