"""Immutable snapshots of what the editor holds, and the way between their offsets and the editor's positions.

A document is a file of one part, or a notebook whose parts are its code cells in order. Analysis sees one text; only
this module knows in which part of it an offset lies.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from lsprotocol import types as lsp
from pygls.uris import from_fs_path, to_fs_path, uri_scheme

from cst_tools.positions import LineIndex
from cst_tools.types import Edit, Span
from mlestar.engine.types import Snapshot
from mlestar.lsp.moves import EditLog, Move


@dataclass(frozen=True)
class Part:
    """One text document of the client: a whole file, or one cell.

    ``lines`` is its index where it is known already; ``log`` has its edits, of which ``moment`` are in this text.
    """

    uri: str
    text: str
    version: int | None
    lines: LineIndex | None = field(default=None, repr=False, compare=False)
    log: EditLog | None = field(default=None, repr=False, compare=False)
    moment: int = field(default=0, repr=False, compare=False)
    count: int | None = None
    """The number of a cell's last run, the one in ``In [3]``, where the client tells it."""

    def moves_to(self, newer: Part) -> tuple[Move, ...]:
        """What was edited between this text and a newer one of the same document."""
        if self.text is newer.text:
            return ()
        known = None
        if self.log is not None and self.log is newer.log and self.moment <= newer.moment:
            known = self.log.between(self.moment, newer.moment)
        return (Move.between(self.text, newer.text),) if known is None else known


@dataclass(frozen=True)
class Document:
    """A file or notebook at one moment."""

    uri: str
    path: Path
    version: int | None
    parts: tuple[Part, ...]
    notebook: bool = False

    @property
    def saved(self) -> bool:
        """Whether it lies in the file system, so that it can be run."""
        return bool(uri_scheme(self.uri) == "file")

    @property
    def text(self) -> str:
        """What is analysed: the file, or the cells joined by newlines."""
        return self.parts[0].text if not self.notebook else "\n".join(part.text for part in self.parts)

    @property
    def cells(self) -> tuple[Span, ...]:
        """Where the cells lie in ``text``; none for a file."""
        if not self.notebook:
            return ()
        return tuple(Span(at, at + len(p.text)) for p, at in zip(self.parts, _starts(self.parts), strict=True))

    @property
    def execution_counts(self) -> tuple[int | None, ...]:
        return tuple(part.count for part in self.parts) if self.notebook else ()

    def same_text(self, other: Document) -> bool:
        """Whether the other has the same parts with the same texts, so that all places are the same."""
        mine, others = self.parts, other.parts
        return len(mine) == len(others) and all(
            a.uri == b.uri and (a.text is b.text or a.text == b.text) for a, b in zip(mine, others, strict=True)
        )

    def snapshot(self) -> Snapshot:
        """What the engine analyses and runs. A notebook is given in the form of its file."""
        if not self.notebook:
            return Snapshot(self.path, self.parts[0].text, self.version)
        cells: list[dict[str, object]] = [
            {"cell_type": "code", "metadata": {}, "source": part.text, "outputs": [], "execution_count": part.count}
            for part in self.parts
        ]
        text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False)
        return Snapshot(self.path, text, self.version)


def _starts(parts: Sequence[Part]) -> list[int]:
    out, at = [], 0
    for part in parts:
        out.append(at)
        at += len(part.text) + 1
    return out


class Movement:
    """Where places of an older version of a document lie in a newer one; of a cell that went, at the top."""

    def __init__(self, old: Document, new: Document) -> None:
        starts = {unquote(p.uri): (at, p) for p, at in zip(new.parts, _starts(new.parts), strict=True)}
        self._old = _starts(old.parts)
        self._ends = [at + len(p.text) for p, at in zip(old.parts, self._old, strict=True)]
        self._new = [starts.get(unquote(part.uri)) for part in old.parts]
        self._moves = [
            part.moves_to(found[1]) if found else () for part, found in zip(old.parts, self._new, strict=True)
        ]

    def __call__(self, span: Span) -> Span:
        start = self._offset(span.start, bisect_right(self._old, span.start) - 1)
        # an end that is a cell's first character belongs to the cell before
        end = self._offset(span.end, bisect_right(self._old, max(span.start, span.end - 1)) - 1)
        return Span(start, max(start, end))

    def _offset(self, offset: int, part: int) -> int:
        found = self._new[part]
        if found is None:
            return 0
        at = min(offset, self._ends[part]) - self._old[part]
        for move in self._moves[part]:
            at = move.offset(at)
        return found[0] + at


class Layout:
    """Between offsets of the analysed text and positions in the client's documents, for one encoding."""

    def __init__(self, document: Document, encoding: str) -> None:
        self.document = document
        self.encoding = encoding
        self._starts = _starts(document.parts)
        self._indexes: dict[int, LineIndex] = {}

    def _index(self, part: int) -> LineIndex:
        found = self._indexes.get(part)
        if found is None:
            of = self.document.parts[part]
            found = self._indexes[part] = of.lines if of.lines is not None else LineIndex(of.text)
        return found

    def part_of(self, offset: int) -> int:
        """The part that holds ``offset``; between two cells the one before."""
        return max(0, bisect_right(self._starts, offset) - 1)

    def position(self, offset: int, part: int | None = None) -> lsp.Position:
        number = self.part_of(offset) if part is None else part
        start = self._starts[number] if number < len(self._starts) else 0
        text = self.document.parts[number].text
        within = min(max(offset - start, 0), len(text))
        line, character = self._index(number).to_position(within, self.encoding)
        return lsp.Position(line, character)

    def range(self, span: Span) -> lsp.Range:
        """The span in the part where it begins, cut at that part's end."""
        part = self.part_of(span.start)
        return lsp.Range(self.position(span.start, part), self.position(span.end, part))

    def location(self, span: Span) -> lsp.Location:
        return lsp.Location(uri=self.uri_at(span.start), range=self.range(span))

    def uri_at(self, offset: int) -> str:
        return self.document.parts[self.part_of(offset)].uri

    def offset(self, uri: str, position: lsp.Position) -> int | None:
        """Offset in the analysed text; None when the uri is no part of this document."""
        wanted = unquote(uri)
        for number, start in enumerate(self._starts):
            if unquote(self.document.parts[number].uri) == wanted:
                return start + self._index(number).from_position(position.line, position.character, self.encoding)
        return None

    def text_edits(self, edits: tuple[Edit, ...]) -> dict[int, list[lsp.TextEdit]] | str:
        """Edits by part, in order; a sentence when one would reach over the border of two cells."""
        by_part: dict[int, list[lsp.TextEdit]] = {}
        for edit in sorted(edits, key=lambda e: (e.span.start, e.span.end)):
            part = self.part_of(edit.span.start)
            start = self._starts[part]
            if edit.span.end > start + len(self.document.parts[part].text):
                return "The change reaches over several cells; make it in one cell and try again."
            by_part.setdefault(part, []).append(lsp.TextEdit(self.range(edit.span), edit.new_text))
        return by_part


def path_of(uri: str) -> Path:
    """The file of a uri; for a document that was never saved a name that says what it is."""
    path = to_fs_path(uri)
    if path:
        return Path(path)
    name = Path(unquote(uri).split("#")[0].rpartition(":")[2]).name or "untitled"
    return Path(name if Path(name).suffix else f"{name}.py")


def uri_of(path: Path) -> str:
    return str(from_fs_path(str(path)))
