"""A_planner: plans for one block, best first, knowing what was tried and what the ablation said.

The playbook's strategies for the block's role, ordered by how well they fit the code and the data that was seen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cst_tools.ablation import Variant
from mlestar import playbook
from mlestar.types import BlockContext, Impact, Plan

LEAVE_OUT = "ablation/"
"""Plans with this prefix carry an ablation variant out for good."""


async def plan(context: BlockContext, tried: Collection[str] = (), harmful: Sequence[Variant] = ()) -> tuple[Plan, ...]:
    """Plans not among ``tried`` (plan ids), best first; empty when nothing fits the block.

    A variant that did better than the script (``harmful``: what it leaves out does harm) comes first: it was measured,
    the strategies were not.
    """
    return tuple(p for p in (*map(leave_out, harmful), *playbook.propose(context)) if p.id not in tried)


def leave_out(variant: Variant) -> Plan:
    return Plan(
        id=LEAVE_OUT + variant.kind,
        block_id=variant.block_id,
        title=f"Leave it out for good: {variant.description}",
        why="In the ablation the script did better without it.",
        source="playbook",
        prior=0.6,
    )


def harmful_variants(variants: Sequence[Variant], impacts: Sequence[Impact]) -> tuple[Variant, ...]:
    """Variants without which the script did better by more than the spread between seeds, the largest gain first.

    One for each kind of a block, because a plan is named after both.
    """
    found: dict[tuple[str, str], float] = {}
    for impact in impacts:
        if impact.mean is not None and -impact.mean > (impact.spread or 0.0):
            found[impact.block_id, impact.variant] = -impact.mean
    harmful: dict[tuple[str, str], Variant] = {}
    for variant in sorted(variants, key=lambda v: found.get((v.block_id, v.description), 0.0), reverse=True):
        if (variant.block_id, variant.description) in found:
            harmful.setdefault((variant.block_id, variant.kind), variant)
    return tuple(harmful.values())
