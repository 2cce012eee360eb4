"""A_leakage: the findings of a script. Without a model they come from the static rules."""

from __future__ import annotations

from collections.abc import Collection

from cst_tools.rules import check
from cst_tools.script import Script
from cst_tools.types import Finding


async def findings(script: Script, ignore: Collection[str] = ()) -> tuple[Finding, ...]:
    """Findings in the order of the script."""
    return check(script, ignore)
