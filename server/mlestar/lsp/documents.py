"""Immutable snapshots of what the editor holds, and the way between their offsets and the editor's positions.

A document is a file of one part, or a notebook whose parts are its code cells in order. Analysis sees one text; only
this module knows in which part of it an offset lies.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from lsprotocol import types as lsp
from pygls.uris import from_fs_path, to_fs_path, uri_scheme

from cst_tools.positions import LineIndex
from cst_tools.types import Edit, Span
from mlestar.engine.types import Snapshot


@dataclass(frozen=True)
class Part:
    """One text document of the client: a whole file, or one cell."""

    uri: str
    text: str
    version: int | None


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

    def snapshot(self) -> Snapshot:
        """What the engine analyses and runs. A notebook is given in the form of its file."""
        if not self.notebook:
            return Snapshot(self.path, self.parts[0].text, self.version)
        cells: list[dict[str, object]] = [
            {"cell_type": "code", "metadata": {}, "source": part.text, "outputs": [], "execution_count": None}
            for part in self.parts
        ]
        text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, ensure_ascii=False)
        return Snapshot(self.path, text, self.version)


class Layout:
    """Between offsets of the analysed text and positions in the client's documents, for one encoding."""

    def __init__(self, document: Document, cells: tuple[Span, ...], encoding: str) -> None:
        self.document = document
        self.encoding = encoding
        if document.notebook:
            self._starts = [span.start for span in cells[: len(document.parts)]]
        else:
            self._starts = [0]
        self._indexes: dict[int, LineIndex] = {}

    def _index(self, part: int) -> LineIndex:
        found = self._indexes.get(part)
        if found is None:
            found = self._indexes[part] = LineIndex(self.document.parts[part].text)
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


def shifted(span: Span, old: str, new: str) -> Span:
    """Where ``span`` of ``old`` lies in ``new``, taking the two to differ in one stretch.

    Offsets before the stretch stay, those behind it move by the difference in length, those inside stay as near as the
    new text allows. Used to keep lenses and diagnostics in place while the text does not parse.
    """
    if old == new:
        return span
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    delta = len(new) - len(old)
    end_of_change = len(old) - tail

    def move(offset: int) -> int:
        if offset <= head:
            return offset
        if offset >= end_of_change:
            return offset + delta
        return min(offset, len(new) - tail)

    start, end = move(span.start), move(span.end)
    return Span(start, max(start, end))


def _common(a: str, b: str) -> int:
    """Length of the common beginning, by bisection: comparing slices is far faster than a loop over characters."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
