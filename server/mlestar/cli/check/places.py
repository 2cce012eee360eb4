"""Where a finding is: for a person, and in the bytes of the file, which for a notebook are JSON."""

from __future__ import annotations

from functools import lru_cache

from cst_tools.notebook import Notebook, NotebookCell, scanstring
from cst_tools.positions import LineIndex
from cst_tools.script import Script
from cst_tools.types import Edit, Span
from mlestar.cli.check.results import Region, Replacement, Shown


def shown(script: Script, span: Span) -> tuple[Region, int | None]:
    """Where a person looks: line and column, in a notebook those of a code cell and the cell's number."""
    whole = _region(script.index, span)
    for number, cell in enumerate(script.cells, start=1):
        if cell.start <= span.start <= cell.end:
            above = script.index.line_of(cell.start)
            return Region(whole.line - above, whole.column, whole.end_line - above, whole.end_column), number
    return whole, None


def place_of(script: Script, span: Span) -> Shown:
    at, cell = shown(script, span)
    if script.notebook is None:
        return Shown(at, _region(script.index, span), cell)
    raw = _raw_span(script.notebook, span)
    return Shown(at, _region(_raw_index(script.notebook.raw), raw), cell)


def replacement(script: Script, edit: Edit) -> Replacement:
    """An edit as characters of the file. In a notebook the new text is written as the inside of a JSON string."""
    if script.notebook is None:
        return Replacement(_region(script.index, edit.span), edit.new_text)
    import json

    raw = _raw_span(script.notebook, edit.span)
    text = json.dumps(edit.new_text, ensure_ascii=False)[1:-1]
    return Replacement(_region(_raw_index(script.notebook.raw), raw), text)


def where(path: str, region: Region, cell: int | None) -> str:
    inside = f"cell {cell}:" if cell is not None else ""
    return f"{path}:{inside}{region.line}:{region.column}:"


def _region(index: LineIndex, span: Span) -> Region:
    first, column = index.to_position(span.start, "utf-32")
    last, end = index.to_position(span.end, "utf-32")
    return Region(first + 1, column + 1, last + 1, end + 1)


@lru_cache(maxsize=4)
def _raw_index(raw: str) -> LineIndex:
    return LineIndex(raw)


def _raw_span(notebook: Notebook, span: Span) -> Span:
    """The characters of the JSON text that hold ``span`` of the joined cells; cut where its first cell ends."""
    cell = next((c for c in notebook.cells if c.span.start <= span.start <= c.span.end), None)
    if cell is None:
        return Span(0, 0)
    start, end = span.start - cell.span.start, min(span.end, cell.span.end) - cell.span.start
    first = _raw_offset(notebook.raw, cell, start)
    return Span(first, first if end <= start else _raw_offset(notebook.raw, cell, end, behind=True))


def _raw_offset(raw: str, cell: NotebookCell, offset: int, *, behind: bool = False) -> int:
    """Where character ``offset`` of a cell's source begins in the JSON; ``behind``: where the one before it ends."""
    done = 0
    at = raw.find('"', cell.value.start, cell.value.end)
    place = cell.value.start
    while at >= 0:
        value, end = scanstring(raw, at + 1)
        within = offset - done
        if within < len(value) or (behind and within == len(value)):
            return _inside(raw, at + 1, within)
        done += len(value)
        place = end - 1
        at = raw.find('"', end, cell.value.end)
    return place


def _inside(raw: str, at: int, characters: int) -> int:
    """The offset ``characters`` decoded characters behind ``at`` in a JSON string."""
    for _ in range(characters):
        if raw[at] != "\\":
            at += 1
        elif raw[at + 1] != "u":
            at += 2
        else:
            pair = raw[at + 2 : at + 4].lower() in ("d8", "d9", "da", "db") and raw[at + 6 : at + 8] == "\\u"
            at += 12 if pair and raw[at + 8 : at + 9].lower() == "d" and raw[at + 9 : at + 10].lower() in "cdef" else 6
    return at
