"""A_abl: which variants of the script show what each block contributes.

The paper lets a model write one new script that trains all variants, often of another pipeline than the
solution. Here every variant is the same script with one block changed, made mechanically and by role.
"""

from __future__ import annotations

from cst_tools.ablation import Variant, ablation_variants
from cst_tools.analysis import Analysis
from cst_tools.types import Facts


async def ablate(analysis: Analysis, facts: Facts) -> tuple[Variant, ...]:
    """Variants of the script, without the protected blocks; empty when there is nothing to leave out."""
    return ablation_variants(analysis, facts)
