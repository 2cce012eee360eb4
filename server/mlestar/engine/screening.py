"""Screening of an ablation: the cheap tiers are run, and who may matter most goes on to be measured in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cst_tools.types import Direction
from mlestar.engine.acceptance import SELECTION_SEEDS
from mlestar.engine.fidelity import BASELINE, FULL, Key, Ladder, Outcome, Standing, outcome_of
from mlestar.engine.fidelity_trust import Agreement, agreements
from mlestar.engine.study import Program, Study, gather, other_evaluation
from mlestar.engine.types import EventKind
from mlestar.runs.types import Fidelity, RunResult


@dataclass(frozen=True)
class Low:
    """What a cheap tier says of one variant: paired scores by seed, and why it was not measured in full."""

    tier: str
    scores: Mapping[int, float]
    baseline: Mapping[int, float]
    why: str


@dataclass
class Screening:
    """The state of one screening; `survivors` and `low` are final after `run`."""

    study: Study
    program: Program
    variants: Mapping[str, Program]
    """By name, which is any text that tells variants apart."""
    tiers: Sequence[Fidelity]
    seeds: Sequence[int]
    direction: Direction
    survivors: list[str] = field(default_factory=list)
    low: dict[str, Low] = field(default_factory=dict)
    _results: dict[Key, Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ladder = Ladder(self.tiers, tuple(self.variants), self.seeds, self.direction)

    async def run(self, full: RunResult) -> None:
        """Climb the cheap tiers. ``full`` is the script as it is at its first seed, in full."""
        self._results[(BASELINE, SELECTION_SEEDS, FULL.name)] = outcome_of(full, FULL)
        while todo := [run for run in self._ladder.next(self._results) if not run[2].full]:
            tier = todo[0][2]
            self.study.planned = self.study.done + len(todo)
            self.study.emit(EventKind.SCREENING, f"screening on {tier.name}")
            await self._carry_out(todo)
        standings = {s.variant: s for s in self._ladder.standings(self._results)}
        going_on = {variant for variant, _, tier in self._ladder.next(self._results) if tier.full}
        for name in self.variants:
            standing = standings.get(name)
            # what gives no score on few rows may do so in full: its first seed there tells
            if standing is None or name in going_on or standing.interval is None:
                self.survivors.append(name)
            else:
                self.low[name] = self._low(standing)

    async def _carry_out(self, todo: Sequence[tuple[str, int, Fidelity]]) -> None:
        async def one(name: str, seed: int, tier: Fidelity) -> tuple[Key, RunResult]:
            program = self.program if name == BASELINE else self.variants[name]
            # the script as it is first, then seed by seed
            priority = (10 if name == BASELINE else 0) - seed
            return (name, seed, tier.name), await self.study.run(program, seed, priority=priority, fidelity=tier)

        found = dict(await gather([one(*run) for run in todo]))
        tiers = {tier.name: tier for _, _, tier in todo}
        for key, result in found.items():
            name, seed, tier_name = key
            reference = found.get((BASELINE, seed, tier_name))
            outcome = outcome_of(result, tiers[tier_name])
            if name != BASELINE and reference is not None and other_evaluation(reference, result) is not None:
                outcome = Outcome(None, outcome.seconds, outcome.reduced, outcome.cancelled)
            self._results[key] = outcome

    def _low(self, standing: Standing) -> Low:
        def scores(name: str) -> dict[int, float]:
            return {
                seed: outcome.score
                for (variant, seed, tier), outcome in self._results.items()
                if variant == name and tier == standing.tier.name and outcome.score is not None
            }

        return Low(standing.tier.name, scores(standing.variant), scores(BASELINE), standing.why)

    def measured(self, name: str, seed: int, result: RunResult) -> None:
        """A run in full of a survivor or of the script as it is (``BASELINE``)."""
        self._results[(name, seed, FULL.name)] = outcome_of(result, FULL)

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """How far the cheap tiers ranked as the full runs did."""
        return agreements(self._ladder, self._results)
