"""A_summarize: what the ablation runs say, in numbers.

Where the paper condenses printed output to prose, the playbook's summary is the numbers themselves: for each
block the paired difference to the baseline, its spread over seeds, and a rank.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cst_tools.ablation import Variant
from cst_tools.types import Block, Direction
from mlestar.types import Impact


@dataclass(frozen=True)
class AblationRuns:
    """One variant with its scores by seed; ``failure`` says why the first run without a score had none."""

    variant: Variant
    scores: Mapping[int, float]
    failure: str | None = None
    broke: bool = False
    """The script failed by itself (not by time, budget or cancel): it needs what the variant took away."""
    fidelity: str = "full"
    baseline: Mapping[int, float] | None = None
    """The script as it is at the same fidelity; None: at full."""


def impact_of(block: Block, runs: AblationRuns, baseline: Mapping[int, float], direction: Direction) -> Impact:
    """What the block contributes by this variant: positive when the script is better with it."""
    baseline = runs.baseline if runs.baseline is not None else baseline
    pairs = [direction.gain(runs.scores[s], baseline[s]) for s in sorted(runs.scores.keys() & baseline.keys())]
    return Impact(
        block_id=block.id,
        role=block.role,
        mean=statistics.fmean(pairs) if pairs else None,
        spread=statistics.stdev(pairs) if len(pairs) > 1 else None,
        runs=len(pairs),
        variant=runs.variant.description,
        required=runs.broke and not pairs,
        note=runs.failure or "",
        fidelity=runs.fidelity,
    )


async def summarize(
    blocks: Sequence[Block], runs: Sequence[AblationRuns], baseline: Mapping[int, float], direction: Direction
) -> tuple[tuple[Impact, ...], tuple[Impact, ...]]:
    """One impact a block, the most important block first; and the impact of every variant.

    Of several variants of a block the one with the largest effect counts: it shows how much hangs on the block.
    Blocks without any score come last, the required ones before those that could not be measured.
    """
    by_id = {block.id: block for block in blocks}
    best: dict[str, Impact] = {}
    every: list[Impact] = []
    for run in runs:
        block = by_id.get(run.variant.block_id)
        if block is None:
            continue
        impact = impact_of(block, run, baseline, direction)
        every.append(impact)
        known = best.get(block.id)
        if known is None or _weight(impact) > _weight(known):
            best[block.id] = impact
    return tuple(sorted(best.values(), key=_weight, reverse=True)), tuple(every)


def _weight(impact: Impact) -> tuple[bool, bool, float, bool]:
    """What was measured in full stands above what was only screened: its figure is of other data."""
    full = impact.fidelity == "full"
    return (impact.mean is not None, full, abs(impact.mean or 0.0), impact.required)
