"""A_coder: a plan becomes the block's new code, by a libcst transformation of the playbook."""

from __future__ import annotations

from mlestar import playbook
from mlestar.types import BlockContext, NotApplicable, Plan, Rewrite


async def code(context: BlockContext, plan: Plan) -> Rewrite | NotApplicable:
    """The patches of ``plan``, or why it does not fit."""
    return playbook.carry_out(context, plan)
