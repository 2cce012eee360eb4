"""Analysis off the loop: the newest version of a document wins, and nothing waits for a timer.

Each document has at most one analysis under way. Versions that arrive meanwhile replace each other, and the last of
them is analysed next; a result that was overtaken is never shown. While the text does not parse, the last analysis
that did stays, and `documents.shifted` tells where its places are now.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from cst_tools.types import Finding, Span
from mlestar.config import Settings
from mlestar.lsp.background import Background
from mlestar.lsp.documents import Document, Layout, shifted

if TYPE_CHECKING:
    from cst_tools.analysis import Analysis

logger = logging.getLogger("mlestar.analysis")


@dataclass(frozen=True)
class Good:
    """The last analysis of a text that parsed."""

    analysis: Analysis
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Analysed:
    """Everything known of one version of a document. ``good`` is this version's own analysis where it parses."""

    document: Document
    settings: Settings
    layout: Layout
    text: str
    analysis: Analysis
    good: Good | None

    @property
    def fresh(self) -> bool:
        """Whether ``good`` is of this very text."""
        return self.good is not None and self.good.analysis is self.analysis and self.text is self.analysis.script.text

    def here(self, span: Span) -> Span:
        """Where a place of ``good`` lies in this text."""
        return span if self.good is None or self.fresh else shifted(span, self.good.analysis.script.text, self.text)

    def moved_to(self, document: Document, encoding: str) -> Analysed:
        """The same knowledge over a newer text that is not analysed yet. A notebook stays where it is."""
        if document.notebook or document.parts[0].text == self.text:
            return self
        return replace(self, document=document, layout=Layout(document, (), encoding), text=document.parts[0].text)


Compute = Callable[[Document, Good | None], Analysed]


class _Slot:
    def __init__(self) -> None:
        self.pending: Document | None = None
        self.latest: Analysed | None = None
        self.task: asyncio.Task[None] | None = None


class Analyser:
    """The queue of analyses, one slot a document. Used on the loop; ``compute`` runs in a thread of its own."""

    def __init__(self, compute: Compute, publish: Callable[[Analysed], None]) -> None:
        self._compute = compute
        self._publish = publish
        self._slots: dict[str, _Slot] = {}
        self.background = Background(2, "analysis")

    def submit(self, document: Document) -> None:
        """Analyse this version, unless a newer one comes first."""
        slot = self._slots.setdefault(unquote(document.uri), _Slot())
        slot.pending = document
        if slot.task is None or slot.task.done():
            slot.task = asyncio.get_running_loop().create_task(self._work(slot))

    async def _work(self, slot: _Slot) -> None:
        while (document := slot.pending) is not None:
            slot.pending = None
            good = slot.latest.good if slot.latest else None
            try:
                result = await self.background.call(self._compute, document, good)
            except Exception:
                # a defect of ours: the person keeps the last good answer, the log has the trace
                logger.exception("The analysis of %s failed", document.uri)
                continue
            if slot.pending is None and self._slots.get(unquote(document.uri)) is slot:
                slot.latest = result
                try:
                    self._publish(result)
                except Exception:
                    logger.exception("Publishing the analysis of %s failed", document.uri)

    def latest(self, uri: str) -> Analysed | None:
        slot = self._slots.get(unquote(uri))
        return slot.latest if slot else None

    async def current(self, uri: str, patience: float) -> Analysed | None:
        """The analysis of the newest version, waited for at most ``patience`` seconds; then the last one there is."""
        slot = self._slots.get(unquote(uri))
        if slot is None:
            return None
        if slot.task is not None and not slot.task.done():
            await asyncio.wait({slot.task}, timeout=patience if slot.latest is not None else max(patience, 30.0))
        return slot.latest

    def forget(self, uri: str) -> None:
        """The document was closed: drop what is known, and the result under way."""
        slot = self._slots.pop(unquote(uri), None)
        if slot is not None:
            slot.pending = None

    def close(self) -> None:
        """Take no result any more; what is under way ends with the process."""
        for slot in self._slots.values():
            slot.pending = None
        self._slots.clear()
