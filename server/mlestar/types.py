"""Typed inputs and outcomes of the agents: plans, patches, candidates, verdicts.

The paper's agents (arXiv 2506.15692) pass text around; here each takes and returns frozen values, and a
failure is one of them (`NotApplicable`), never an exception.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from cst_tools.script import Script
from cst_tools.types import Block, Facts, Objective, Patch, Role


@dataclass(frozen=True)
class Plan:
    """A strategy for one block, in words, with where it came from."""

    id: str
    """Stable within a block: ``playbook/target-encoding``."""
    block_id: str
    title: str
    """Imperative, short enough for a menu: ``Encode categories by their target mean``."""
    why: str
    """One or two sentences: why it may help this script."""
    source: str
    """``playbook``, ``model`` or ``user``."""
    reference: str | None = None
    prior: float = 0.5
    """How often such a plan gained so far, 0 to 1: orders plans before anything is measured."""


@dataclass(frozen=True)
class Rewrite:
    """A plan carried out: the patches (the block, and the import block when new names are needed)."""

    plan: Plan
    patches: tuple[Patch, ...]
    summary: str


@dataclass(frozen=True)
class NotApplicable:
    """The plan or strategy does not fit this block; why, in one sentence."""

    reason: str


@dataclass(frozen=True)
class BlockContext:
    """Everything a strategy may read about the block it is asked to rewrite."""

    script: Script
    blocks: tuple[Block, ...]
    objective: Objective
    block: Block
    facts: Facts = field(default_factory=Facts)
    packages: Mapping[str, str] = field(default_factory=dict)
    """Distribution name (lower case) to version, of the user's interpreter."""

    @property
    def code(self) -> str:
        """The block's text, with its indentation."""
        return self.script.text[self.block.span.start : self.block.span.end]


class Verdict(str, enum.Enum):
    BETTER = "better"
    NO_DIFFERENCE = "no difference"
    WORSE = "worse"
    UNDECIDED = "undecided within budget"
    SCREENED_OUT = "screened out"
    """It did not do well enough on the selection seeds to be worth confirming."""
    FAILED = "failed"
    """It crashed, hung or gave no score."""
    REJECTED = "rejected"
    """A structural gate refused it before it ran."""


@dataclass(frozen=True)
class Effect:
    """A paired comparison against the baseline, in units of the metric; positive is better.

    ``low`` and ``high`` bound the mean gain at ``confidence``; ``pairs`` is how many (seed, split) pairs were run.
    """

    mean: float
    low: float
    high: float
    pairs: int
    confidence: float = 0.95


@dataclass(frozen=True)
class Impact:
    """What a block contributes: baseline score minus the score without it, signed so that positive helps."""

    block_id: str
    role: Role
    mean: float | None
    spread: float | None
    """Standard deviation over seeds of the paired difference; None when fewer than two pairs."""
    runs: int
    variant: str
    """What was done: ``rows removed``, ``scaler passed through``, ``hyper-parameters at their defaults``."""
    required: bool = False
    """The script does not run without it."""
    note: str = ""
    fidelity: str = "full"
    """How complete the runs were: below ``full`` the figure is a screening's, on less data."""

    @property
    def screened(self) -> bool:
        """Whether the figure comes from runs on less data."""
        return self.fidelity != "full"

    @property
    def upper(self) -> float:
        """Upper-confidence magnitude, by which blocks are ranked; 0 without a measurement."""
        return 0.0 if self.mean is None else abs(self.mean) + (self.spread or 0.0)
