"""What studies found for a file: read from the journal when a document opens or a study ends, kept until the next.

Results are of the text that was measured. A block's impact is shown at the block that has its id, else at the only one
with its text; when the block's text is another now, the impact is marked as being of an earlier version.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cst_tools.types import Block
from mlestar.engine.types import AblationReport, CandidateReport, RefinementReport
from mlestar.lsp.documents import Document
from mlestar.types import Impact

if TYPE_CHECKING:
    from mlestar.lsp.session import Session

logger = logging.getLogger("mlestar.results")


@dataclass(frozen=True)
class FileResults:
    """The journal's answer for one script."""

    ablation: AblationReport | None = None
    refinements: tuple[RefinementReport, ...] = ()

    def impact_of(self, block: Block) -> MeasuredImpact | None:
        """What was measured for a block as it stands in the document."""
        if self.ablation is None:
            return None
        old = same_block(self.ablation.blocks, block)
        if old is None:
            return None
        for rank, impact in enumerate(self.ablation.impacts, 1):
            if impact.block_id == old.id:
                return MeasuredImpact(
                    impact, rank, len(self.ablation.impacts), old.source_hash != block.source_hash, self.unit
                )
        return None

    @property
    def unit(self) -> str:
        objective = self.ablation.objective if self.ablation else None
        return objective.metric if objective else ""

    def tried(self, block: Block) -> tuple[tuple[RefinementReport, CandidateReport], ...]:
        """Candidates of this block, newest study first."""
        found: list[tuple[RefinementReport, CandidateReport]] = []
        for report in self.refinements:
            for candidate in report.candidates:
                owner = block_of(report, candidate)
                if candidate.plan.block_id == block.id or (owner is not None and owner == block.source_hash):
                    found.append((report, candidate))
        return tuple(found)

    def study(self, study_id: str | None) -> RefinementReport | None:
        """The refinement with this id; without an id the newest that has something to apply."""
        for report in self.refinements:
            if report.study_id == study_id or (study_id is None and report.best is not None):
                return report
        return None


@dataclass(frozen=True)
class MeasuredImpact:
    impact: Impact
    rank: int
    of: int
    outdated: bool
    unit: str


def block_of(report: RefinementReport, candidate: CandidateReport) -> str | None:
    """Hash of the block that a candidate rewrites, as it was then."""
    for patch in candidate.rewrite.patches if candidate.rewrite else ():
        if patch.block_id == candidate.plan.block_id:
            return patch.source_hash
    if report.block is not None and report.block.id == candidate.plan.block_id:
        return report.block.source_hash
    return None


def same_block(blocks: Sequence[Block], wanted: Block) -> Block | None:
    """The block with the same id, else the only one with the same text."""
    for block in blocks:
        if block.id == wanted.id:
            return block
    alike = [block for block in blocks if block.source_hash == wanted.source_hash]
    return alike[0] if len(alike) == 1 else None


class Results:
    """Results by path. Read on the loop: the journal belongs to its thread, and the answer takes a millisecond."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, FileResults] = {}

    def of(self, document: Document) -> FileResults:
        key = str(document.path)
        if not document.saved:
            return FileResults()
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._read(document)
        return found

    def forget(self, document: Document) -> None:
        self._known.pop(str(document.path), None)

    def clear(self) -> None:
        self._known.clear()

    def _read(self, document: Document) -> FileResults:
        import sqlite3  # not at start-up

        settings = self._session.settings_of(document.uri, document.path)
        try:
            engine = self._session.engine(settings)
            return FileResults(engine.last_ablation(document.path), engine.refinements(document.path))
        except (OSError, sqlite3.Error) as error:
            self._session.warn_once(f"Earlier results cannot be read ({error}); `home` sets the journal's folder.")
            return FileResults()
