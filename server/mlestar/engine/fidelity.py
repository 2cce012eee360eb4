"""The fidelity ladder: try every variant cheaply, and only those that may still be the best ones in full.

`plan_screening` chooses the tiers from what the baseline showed (rows, classes, seconds); `Ladder` says what to run
next from the results so far, and in the end what each variant's figure is worth: *measured* at full fidelity or
*screened* below it. It is a pure function of the results, so a study that resumes goes on where it stopped.

Sources: successive halving (Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
Optimization", AISTATS 2016); racing by confidence intervals (Maron and Moore, "Hoeffding Races", NIPS 1993), here
with Student's t on paired differences as in `acceptance`. A tier ranks well only where effects exceed the noise of
its smaller data; `fidelity_trust` keeps how far each tier of a script could be trusted.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from cst_tools.types import Direction
from mlestar.engine.acceptance import OVERLAP, t_quantile
from mlestar.engine.data_roles import DataRoles
from mlestar.runs.types import Fidelity, RunResult, RunStatus

FULL = Fidelity()
SHORT_S = 4.0
"""Below it starting Python and loading the data dominate: nothing is saved."""
LEAST_ROWS = 2_000
"""Rows that the smallest tier keeps; less leaves too few test rows to tell variants apart."""
LEAST_A_CLASS = 50
"""Rows of the rarest class that the smallest tier keeps, counted over training and test rows."""
SHARES = (0.1, 0.3)
LEAST_TRUST = 0.5
"""Mean rank agreement below which a tier is no longer used for a script."""
BASELINE = ""
"""The name of the script as it is among the variants."""

Key = tuple[str, int, str]
"""Variant, seed, name of the fidelity."""
Label = Literal["measured", "screened"]


@dataclass(frozen=True)
class Outcome:
    """What the ladder needs of one run."""

    score: float | None
    seconds: float = 0.0
    reduced: bool = True
    """Whether anything was taken away; False below full fidelity means that the tier is none."""
    cancelled: bool = False
    """It says nothing about the variant and is not asked for again."""


def outcome_of(result: RunResult, fidelity: Fidelity) -> Outcome:
    reduced = fidelity.full or any(t.after < t.before for t in result.taken)
    lost = result.status in (RunStatus.CANCELLED, RunStatus.NOT_STARTED)
    return Outcome(result.score, result.cpu_s + result.shared_s, reduced, lost)


def plan_screening(
    rows: int | None,
    seconds_a_run: float,
    *,
    class_counts: Sequence[int] = (),
    roles: DataRoles | None = None,
    folds: int | None = None,
    rounds: float = 1.0,
    trust: Mapping[str, float] | None = None,
) -> tuple[Fidelity, ...]:
    """Tiers in the order in which they are climbed; the last one is full, and alone when no other would pay.

    Args:
        rows: rows that the script loads or fits on in full; None when nobody knows.
        seconds_a_run: CPU seconds of one run in full.
        class_counts: rows of each class, for a classification.
        roles: what the draw of rows must know of the script's columns, or why rows must stay.
        folds: folds that a reduced tier computes; rounds: share of rounds that it trains.
        trust: mean rank agreement by tier name, from earlier studies of the script.
    """
    if seconds_a_run < SHORT_S:
        return (FULL,)
    roles = roles or DataRoles()
    least = 1.0 if not rows or roles.obstacle else LEAST_ROWS / rows
    if class_counts and min(class_counts) > 0:
        least = max(least, LEAST_A_CLASS / min(class_counts))
    shares = sorted({max(share, math.ceil(least * 100) / 100) for share in SHARES})
    tiers = [Fidelity(rows=share, folds=folds, rounds=rounds) for share in shares if share <= 0.5]
    if not tiers and (folds is not None or rounds < 1.0):
        tiers = [Fidelity(rows=1.0, folds=folds, rounds=rounds)]
    named = [replace(roles.on(tier), name=name_of(tier)) for tier in tiers]
    if len(named) == 2 and seconds_a_run < 5 * SHORT_S:
        named = named[:1]  # the middle tier costs as much as it saves
    return (*(t for t in named if (trust or {}).get(t.name, 1.0) >= LEAST_TRUST), FULL)


def name_of(fidelity: Fidelity) -> str:
    """``10 % of rows, 2 folds``."""
    parts = [f"{100 * fidelity.rows:g} % of rows"] if fidelity.rows < 1 else []
    parts += [f"{fidelity.folds} fold{'s' if fidelity.folds != 1 else ''}"] if fidelity.folds is not None else []
    parts += [f"{100 * fidelity.rounds:g} % of rounds"] if fidelity.rounds < 1 else []
    return ", ".join(parts) or "full"


@dataclass(frozen=True)
class Rules:
    """How the ladder decides. ``wanted`` is ``impact`` (the largest difference, either way) or ``gain``."""

    wanted: Literal["impact", "gain"] = "impact"
    seeds: int = 3
    """Seeds of every run below full fidelity; one pair says nothing about noise."""
    confidence: float = 0.8
    """Of the intervals that decide who goes on."""
    keep: float = 1 / 3
    """At most this share goes on behind a variant that surely matters: successive halving's 1/eta. Where none surely
    does, the tier has told nothing and nobody is left behind."""
    least: int = 2
    """Go on at least, whatever the intervals say: a tier may be wrong."""
    saves: float = 0.7
    """A tier whose baseline costs more than this share of a full run is none."""


@dataclass(frozen=True)
class Interval:
    """An effect at one tier, signed so that positive means that the variant is better than the script as it is."""

    mean: float
    low: float
    high: float
    pairs: int

    @property
    def most(self) -> float:
        return max(abs(self.low), abs(self.high))

    @property
    def least(self) -> float:
        return 0.0 if self.low <= 0.0 <= self.high else min(abs(self.low), abs(self.high))


@dataclass(frozen=True)
class Standing:
    """What is known of one variant, at the highest tier where it has a score."""

    variant: str
    tier: Fidelity
    interval: Interval | None
    label: Label
    why: str
    """Why it went no further; empty when it was measured."""


@dataclass(frozen=True)
class Ladder:
    """``variants`` without the baseline, which is always run beside them; ``seeds`` are those of the full tier.

    ``next`` gives what is to be run now, in order of use; when it gives nothing the study is over and `standings`
    is final. Run at one tier what belongs to it before asking again; asking early is allowed.
    """

    tiers: Sequence[Fidelity]
    variants: Sequence[str]
    seeds: Sequence[int]
    direction: Direction
    rules: Rules = field(default_factory=Rules)

    def next(self, results: Mapping[Key, Outcome]) -> list[tuple[str, int, Fidelity]]:
        alive = list(self.variants)
        for tier in self._usable(results):
            seeds = self._seeds(tier)
            missing = self._missing(BASELINE, seeds, tier, results)
            if len(missing) == len(seeds) and not tier.full:
                return missing[:1]  # it may show that this is no tier
            for variant in alive:
                if not self._failed(variant, tier, results):
                    missing += self._missing(variant, seeds, tier, results)
            if missing:
                return sorted(missing, key=lambda run: seeds.index(run[1]))
            alive = [v for v, why in self._decide(alive, tier, results).items() if not why]
        return []

    def standings(self, results: Mapping[Key, Outcome]) -> list[Standing]:
        """All variants, measured ones first, each group by the size of its effect (``impact``) or the gain."""
        found: dict[str, Standing] = {}
        alive = list(self.variants)
        for tier in self._usable(results):
            decided = self._decide(alive, tier, results)
            label: Label = "measured" if tier.full else "screened"
            for variant, why in decided.items():
                interval = self.interval(variant, tier, results)
                known = found.get(variant)
                if interval is not None or known is None:
                    found[variant] = Standing(variant, tier, interval, label, why)
                else:
                    found[variant] = replace(known, why=why or known.why)
            alive = [v for v, why in decided.items() if not why]
        return sorted(found.values(), key=lambda s: (s.label != "measured", s.interval is None, -self._worth(s)))

    def interval(self, variant: str, tier: Fidelity, results: Mapping[Key, Outcome]) -> Interval | None:
        """The paired effect of a variant at a tier. Its spread is never taken for smaller than what is usual there."""
        gains = self._gains(variant, tier, results)
        if not gains:
            return None
        mean, spread, degrees = statistics.fmean(gains), *self._spread(tier, results)
        if len(gains) > 1 and statistics.stdev(gains) > spread:
            spread = statistics.stdev(gains)
        if not degrees:
            return Interval(mean, mean, mean, len(gains))
        half = t_quantile(degrees, self.rules.confidence) * spread * math.sqrt(1 / len(gains) + OVERLAP)
        return Interval(mean, mean - half, mean + half, len(gains))

    # --- decisions ---------------------------------------------------------------------------------------

    def _decide(self, alive: Sequence[str], tier: Fidelity, results: Mapping[Key, Outcome]) -> dict[str, str]:
        """Of each variant why it goes no further; an empty text for those that do."""
        if tier.full:
            return dict.fromkeys(alive, "")
        found = {v: self.interval(v, tier, results) for v in alive}
        out = {v: f"gave no score at {tier.name}" for v, interval in found.items() if interval is None}
        known = {v: interval for v, interval in found.items() if interval is not None}
        upper = {v: i.most if self.rules.wanted == "impact" else i.high for v, i in known.items()}
        order = sorted(known, key=lambda v: upper[v], reverse=True)
        bar = max((i.least if self.rules.wanted == "impact" else max(0.0, i.low) for i in known.values()), default=0.0)
        for place, variant in enumerate(order):
            if place < self.rules.least:
                continue
            if upper[variant] < bar:
                out[variant] = f"cannot be the largest: at {tier.name} another is surely larger"
            elif bar > 0 and place >= max(self.rules.least, math.ceil(self.rules.keep * len(self.variants))):
                out[variant] = f"not among the largest at {tier.name}, though the noise there does not exclude it"
        return {v: out.get(v, "") for v in alive}

    def _worth(self, standing: Standing) -> float:
        if standing.interval is None:
            return -math.inf
        return abs(standing.interval.mean) if self.rules.wanted == "impact" else standing.interval.mean

    def _usable(self, results: Mapping[Key, Outcome]) -> list[Fidelity]:
        """Tiers where the script as it is gives a score, something is taken away, and time is saved."""
        full = self._cost(FULL, results)
        usable = []
        for tier in self.tiers:
            outcomes = self._outcomes(BASELINE, tier, results)
            if tier.full or not outcomes:
                usable.append(tier)
                continue
            bad = any(o.score is None or not o.reduced for o in outcomes)
            cost = self._cost(tier, results)
            if not bad and not (full and cost > self.rules.saves * full):
                usable.append(tier)
        return usable

    def _cost(self, tier: Fidelity, results: Mapping[Key, Outcome]) -> float:
        """CPU seconds of the script as it is; the fastest run, as others may have shared work or met a busy machine."""
        return min((o.seconds for o in self._outcomes(BASELINE, tier, results) if o.score is not None), default=0.0)

    def _seeds(self, tier: Fidelity) -> list[int]:
        if tier.full:
            return list(self.seeds)
        first = min(self.seeds, default=0)
        return list(range(first, first + self.rules.seeds))

    def _outcomes(self, variant: str, tier: Fidelity, results: Mapping[Key, Outcome]) -> list[Outcome]:
        found = (results.get((variant, seed, tier.name)) for seed in self._seeds(tier))
        return [outcome for outcome in found if outcome is not None]

    def _missing(
        self, variant: str, seeds: Sequence[int], tier: Fidelity, results: Mapping[Key, Outcome]
    ) -> list[tuple[str, int, Fidelity]]:
        return [(variant, seed, tier) for seed in seeds if (variant, seed, tier.name) not in results]

    def _failed(self, variant: str, tier: Fidelity, results: Mapping[Key, Outcome]) -> bool:
        return any(o.score is None for o in self._outcomes(variant, tier, results))

    def _gains(self, variant: str, tier: Fidelity, results: Mapping[Key, Outcome]) -> list[float]:
        gains = []
        for seed in self._seeds(tier):
            base, other = results.get((BASELINE, seed, tier.name)), results.get((variant, seed, tier.name))
            if base is not None and other is not None and base.score is not None and other.score is not None:
                gains.append(self.direction.gain(base.score, other.score))
        return gains

    def _spread(self, tier: Fidelity, results: Mapping[Key, Outcome]) -> tuple[float, int]:
        """The usual standard deviation of a paired difference at a tier, pooled over variants, and its degrees.

        Two or three seeds of one variant say little about its noise; those of ten variants together say enough. The
        median of the variances: one variant that broke the script's learning must not widen all the others.
        """
        variances, degrees = [], 0
        for variant in self.variants:
            gains = self._gains(variant, tier, results)
            if len(gains) > 1 and max(gains) - min(gains) > 1e-12:
                variances.append(statistics.variance(gains))
                degrees += len(gains) - 1
        return (math.sqrt(statistics.median(variances)), degrees) if variances else (0.0, 0)
