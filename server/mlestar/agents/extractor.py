"""A_extractor: the block to refine next.

The highest upper-confidence impact among the blocks that are not exhausted and for which there is a plan
(optimism in the face of uncertainty: a block whose impact is not known well deserves a look).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cst_tools.types import Block
from mlestar.types import Impact


async def extract(
    blocks: Sequence[Block], impacts: Sequence[Impact], plannable: Collection[str], exhausted: Collection[str]
) -> tuple[Block, ...]:
    """Blocks worth refining, best first; those without a measured impact come last, in the script's order."""
    known = {impact.block_id: impact for impact in impacts}
    open_blocks = [b for b in blocks if not b.protected and b.id in plannable and b.id not in exhausted]

    def rank(block: Block) -> tuple[float, int]:
        impact = known.get(block.id)
        return (-impact.upper if impact else 0.0, block.order)

    return tuple(sorted(open_blocks, key=rank))
