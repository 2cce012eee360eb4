"""What a strategy is: one way to make one block better, with when it applies, the rewrite, and executable examples."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from cst_tools.types import Direction, Facts, Role
from mlestar.playbook.rewriting import Draft
from mlestar.playbook.scene import Scene
from mlestar.types import NotApplicable


@dataclass(frozen=True)
class Example:
    """A script before and after: a test, and a part of the strategy's page.

    ``at`` is text of the block that is rewritten. A runnable example prints its score last.
    """

    before: str
    after: str
    at: str
    metric: str = "accuracy"
    expression: str = ""
    direction: Direction = Direction.MAXIMIZE
    facts: Facts = field(default_factory=Facts)
    packages: Mapping[str, str] = field(default_factory=dict)
    runs: bool = True


@dataclass(frozen=True)
class Change:
    """A strategy carried out on one block."""

    code: str
    """The block's new text, with its indentation."""
    imports: tuple[str, ...]
    why: str
    summary: str
    prior: float | None = None
    """When facts of this script speak for or against it; None: the strategy's own."""


class Strategy(ABC):
    """One way to make one block better. The class docstring explains it to the user.

    ``apply`` is a pure function of the scene and costs a few milliseconds: planning runs it, so that only plans
    that can be carried out are offered.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    roles: ClassVar[frozenset[Role]]
    reference: ClassVar[str]
    prior: ClassVar[float]
    examples: ClassVar[tuple[Example, ...]]

    @abstractmethod
    def apply(self, scene: Scene) -> Change | NotApplicable:
        """The rewritten block, or why this strategy does not fit it."""

    @classmethod
    def explanation(cls) -> str:
        return inspect.cleandoc(cls.__doc__ or "")

    def change(
        self, draft: Draft, why: str, summary: str, imports: tuple[str, ...] = (), prior: float | None = None
    ) -> Change:
        return Change(draft.render(), tuple(dict.fromkeys(imports)), why, summary, prior)


MODEL_ROLES = frozenset({Role.MODEL, Role.TRAIN, Role.TUNE, Role.ENSEMBLE, Role.PREPROCESS, Role.PREDICT, Role.OTHER})
"""Where predictors are constructed: people put the model into any of these."""
DATA_ROLES = frozenset({Role.CLEAN, Role.FEATURES, Role.PREPROCESS, Role.OTHER})
PIPELINE_ROLES = DATA_ROLES | MODEL_ROLES
