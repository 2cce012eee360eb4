"""What the family of preprocessing rules finds."""

from __future__ import annotations

from dataclasses import dataclass

from cst_tools.flow.values import Evaluation, Learned, Place
from cst_tools.types import Severity


@dataclass(frozen=True)
class Leak:
    """One learned thing, the score it reaches, and the split between them (None: nothing was scored)."""

    code: str
    learned: Learned
    severity: Severity
    evaluation: Evaluation | None
    split: str | None
    copied: Place | None = None
    """A literal list of columns that repeats what was chosen."""
