"""A_planner: plans for one block, best first, knowing what was tried.

The playbook's strategies for the block's role, ordered by how well they fit the code and the data that was seen.
"""

from __future__ import annotations

from collections.abc import Collection

from mlestar import playbook
from mlestar.types import BlockContext, Plan


async def plan(context: BlockContext, tried: Collection[str] = ()) -> tuple[Plan, ...]:
    """Plans not among ``tried`` (plan ids), best first; empty when nothing fits the block."""
    return tuple(p for p in playbook.propose(context) if p.id not in tried)
