"""A_coder: a plan becomes the block's new code, by a libcst transformation of the playbook."""

from __future__ import annotations

from collections.abc import Sequence

from cst_tools.ablation import Variant
from mlestar import playbook
from mlestar.agents.planner import LEAVE_OUT
from mlestar.types import BlockContext, NotApplicable, Plan, Rewrite


async def code(context: BlockContext, plan: Plan, harmful: Sequence[Variant] = ()) -> Rewrite | NotApplicable:
    """The patches of ``plan``, or why it does not fit."""
    if not plan.id.startswith(LEAVE_OUT):
        return playbook.carry_out(context, plan)
    for variant in harmful:
        if plan.id == LEAVE_OUT + variant.kind and variant.block_id == plan.block_id:
            return Rewrite(plan, variant.patches, variant.description)
    return NotApplicable("the ablation that this plan came from is not of this text; run it again")
