"""The fix of the preprocessing family: the edit that fits the program, or what to do where there is none."""

from __future__ import annotations

from cst_tools.rules.fixes.below import fit_below_split
from cst_tools.rules.fixes.concatenated import fit_on_first_table
from cst_tools.rules.fixes.helpers import fit_in_helper
from cst_tools.rules.fixes.pipelines import fit_in_folds
from cst_tools.rules.fixes.resample import resample_below_split
from cst_tools.rules.fixes.restrict import fit_on_selection
from cst_tools.rules.leak import Leak
from cst_tools.rules.rule import Context
from cst_tools.types import Fix

_WAYS = (resample_below_split, fit_below_split, fit_on_selection, fit_in_folds, fit_on_first_table, fit_in_helper)


def fit_after_split(context: Context, leak: Leak) -> Fix | None:
    """Learn from the training rows alone; None where no edit is known."""
    if leak.copied is not None:
        return None
    for way in _WAYS:
        fix = way(context, leak)
        if fix is not None:
            return fix
    return None
