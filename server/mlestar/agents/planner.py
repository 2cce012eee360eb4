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
    """The variants by which an ablation found that a block does harm."""
    found = {(i.block_id, i.variant) for i in impacts if i.mean is not None and i.mean < 0}
    return tuple(v for v in variants if (v.block_id, v.description) in found)
