"""What is known of a document: its findings at every keystroke, its blocks and its objective when typing pauses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from cst_tools.types import Finding, Problem, Span
from mlestar.config import Settings
from mlestar.lsp.documents import Document, Layout, Movement

if TYPE_CHECKING:
    from cst_tools.analysis import Analysis
    from cst_tools.script import Script


@dataclass(frozen=True)
class Checked:
    """The findings of one version, without fixes, and why parts of it cannot be read.

    ``script`` has no tree for others: its text and its lines may be read, its tree belongs to the checker.
    """

    document: Document
    settings: Settings
    layout: Layout
    script: Script
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Good:
    """The last analysis of a text that parsed, and of which version it is."""

    analysis: Analysis
    document: Document


@dataclass(frozen=True)
class Analysed:
    """Blocks and objective of one version of a document. ``good`` is this version's own analysis where it parses.

    ``late`` are the problems that only the whole analysis finds.
    """

    document: Document
    settings: Settings
    layout: Layout
    analysis: Analysis
    good: Good | None
    late: tuple[Problem, ...] = ()

    @property
    def text(self) -> str:
        return self.document.text

    @cached_property
    def fresh(self) -> bool:
        """Whether ``good`` is of this very text."""
        return (
            self.good is not None
            and self.good.analysis is self.analysis
            and self.document.same_text(self.good.document)
        )

    def here(self, span: Span) -> Span:
        """Where a place of ``good`` lies in this text."""
        return span if self.good is None or self.fresh else self._movement(span)

    @cached_property
    def _movement(self) -> Movement:
        assert self.good is not None
        return Movement(self.good.document, self.document)

    def moved_to(self, document: Document) -> Analysed:
        """The same knowledge over a newer version that is not analysed yet."""
        if document is self.document:
            return self
        return replace(self, document=document, layout=Layout(document, self.layout.encoding))
