"""Notebooks as text: the code cells of an ``.ipynb``, and the way back into its JSON.

Reading finds where each cell's source lies in the JSON text, so that writing replaces those characters alone:
outputs, metadata, key order and indentation stay as they are, byte for byte.
"""

from __future__ import annotations

import json
import json.decoder
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cst_tools.magics import lines_of
from cst_tools.types import Span

scanstring: Callable[[str, int], tuple[str, int]] = json.decoder.__dict__["scanstring"]
_SPACE = re.compile(r"[ \t\r\n]*")
_ATOM = re.compile(r"[^\s,\]}]+")


@dataclass(frozen=True)
class NotebookCell:
    """A code cell: its place among all cells, its source, where the source lies in the JSON and where in the text.

    ``count`` is the number of its last execution, the one in ``In [3]``.
    """

    number: int
    source: str
    value: Span
    span: Span
    count: int | None = None


@dataclass(frozen=True)
class Notebook:
    """``raw`` is the JSON text; ``text`` the code cells' sources joined by newlines."""

    raw: str
    cells: tuple[NotebookCell, ...]
    text: str


def read_notebook(raw: str) -> Notebook | str:
    """The notebook's code cells, or a sentence that says why it cannot be read. nbformat 3 and 4."""
    body = raw[1:] if raw.startswith("\ufeff") else raw
    shift = len(raw) - len(body)
    try:
        document, _ = _Reader(body).value(0)
    except RecursionError:
        return "The notebook's JSON is nested too deeply to read; save it again from Jupyter."
    except (ValueError, IndexError) as error:
        return f"The notebook is not valid JSON ({error}); save it again from Jupyter."
    found = _code_cells(document)
    if found is None:
        return "The file is JSON but no notebook: it has no list of cells; save it again from Jupyter."
    cells: list[NotebookCell] = []
    offset = 0
    for number, node, count in found:
        source = node.plain()
        text = "".join(str(part) for part in source) if isinstance(source, list) else str(source)
        cells.append(NotebookCell(number, text, node.span.shifted(shift), Span(offset, offset + len(text)), count))
        offset += len(text) + 1
    return Notebook(raw, tuple(cells), "\n".join(cell.source for cell in cells))


def locate_in_cells(cells: Sequence[Span], span: Span) -> tuple[int, Span] | None:
    """Index of the code cell that holds ``span``, and the span inside that cell; None when no single cell holds it."""
    for index, cell in enumerate(cells):
        if cell.contains(span):
            return index, span.shifted(-cell.start)
    return None


def write_cells(notebook: Notebook, sources: Mapping[int, str]) -> str:
    """The JSON text with the sources of the given code cells (by index among the code cells) replaced."""
    out = notebook.raw
    for index in sorted(sources, reverse=True):
        cell = notebook.cells[index]
        if sources[index] == cell.source:
            continue
        old = notebook.raw[cell.value.start : cell.value.end]
        out = out[: cell.value.start] + _encoded(old, cell.source, sources[index], notebook.raw) + out[cell.value.end :]
    return out


def _encoded(old: str, old_source: str, source: str, raw: str) -> str:
    """``source`` as JSON in the style of the old value; lines that stay keep their old characters."""
    ascii_only = raw.isascii() and "\\u" in raw
    if not old.startswith("["):
        return json.dumps(source, ensure_ascii=ascii_only)
    if not source:
        return "[]"
    kept = {json.loads(item): item for item in _items(old)}
    lines = [kept.get(line) or json.dumps(line, ensure_ascii=ascii_only) for line in lines_of(source)]
    layout = re.match(r"\[(\s*)\"", old)
    between = re.search(r"\",(\s*)\"", old)
    closing = re.search(r"\"(\s*)\]$", old)
    if layout and closing:
        opened, closed = layout[1], closing[1]
        # a one-line list shows no separator: it is the opening one in every writer we know of
        separator = between[1] if between and len(kept) > 1 else opened
    else:
        opened, separator, closed = _empty_list_layout(raw)
    return "[" + opened + ("," + separator).join(lines) + closed + "]"


def _empty_list_layout(raw: str) -> tuple[str, str, str]:
    """Opening, separating and closing white space of source lists elsewhere in the notebook."""
    other = re.search(r"\"source\"\s*:\s*\[(\s*)\"(?:[^\"\\]|\\.)*\"(?:,(\s*)\"(?:[^\"\\]|\\.)*\")*(\s*)\]", raw)
    if other:
        return other[1], other[2] if other[2] is not None else other[1], other[3]
    return "", " ", ""


def _items(array: str) -> list[str]:
    """The raw string literals of a JSON array of strings."""
    items: list[str] = []
    position = 1
    while True:
        start = array.find('"', position)
        if start < 0:
            return items
        _, end = scanstring(array, start + 1)
        items.append(array[start:end])
        position = end


@dataclass(frozen=True)
class _Node:
    """A JSON value with its place: objects and arrays hold nodes."""

    value: Any
    span: Span

    def plain(self) -> Any:
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        return self.value


class _Reader:
    """A JSON reader that remembers where each value lies."""

    def __init__(self, text: str) -> None:
        self.text = text

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def value(self, at: int) -> tuple[_Node, int]:
        at = self._skip(at)
        start = self.text[at : at + 1]
        if start == "{":
            return self._object(at)
        if start == "[":
            return self._array(at)
        if start == '"':
            text, end = scanstring(self.text, at + 1)
            return _Node(text, Span(at, end)), end
        atom = _ATOM.match(self.text, at)
        if not atom:
            raise ValueError(f"a value is missing at character {at}")
        return _Node(json.loads(atom.group()), Span(at, atom.end())), atom.end()

    def _object(self, start: int) -> tuple[_Node, int]:
        items: dict[str, _Node] = {}
        at = self._skip(start + 1)
        while self.text[at : at + 1] != "}":
            if self.text[at : at + 1] != '"':
                raise ValueError(f"a name is missing at character {at}")
            key, at = scanstring(self.text, at + 1)
            at = self._skip(at)
            if self.text[at : at + 1] != ":":
                raise ValueError(f"a colon is missing at character {at}")
            items[key], at = self.value(at + 1)
            at = self._separator(at, "}")
        return _Node(items, Span(start, at + 1)), at + 1

    def _array(self, start: int) -> tuple[_Node, int]:
        items: list[_Node] = []
        at = self._skip(start + 1)
        while self.text[at : at + 1] != "]":
            item, at = self.value(at)
            items.append(item)
            at = self._separator(at, "]")
        return _Node(items, Span(start, at + 1)), at + 1

    def _separator(self, at: int, close: str) -> int:
        at = self._skip(at)
        if self.text[at : at + 1] == ",":
            return self._skip(at + 1)
        if self.text[at : at + 1] != close:
            raise ValueError(f"a comma or {close} is missing at character {at}")
        return at


def _code_cells(document: _Node) -> list[tuple[int, _Node, int | None]] | None:
    """Number, source value and execution count of each code cell; None when the document is no notebook."""
    if not isinstance(document.value, dict):
        return None
    holders: list[_Node] = []
    if "cells" in document.value:
        holders = [document.value["cells"]]
    elif "worksheets" in document.value and isinstance(document.value["worksheets"].value, list):
        sheets = document.value["worksheets"].value
        holders = [s.value["cells"] for s in sheets if isinstance(s.value, dict) and "cells" in s.value]
    else:
        return None
    found: list[tuple[int, _Node, int | None]] = []
    number = 0
    for holder in holders:
        if not isinstance(holder.value, list):
            return None
        for cell in holder.value:
            fields = cell.value if isinstance(cell.value, dict) else {}
            kind = fields["cell_type"].value if "cell_type" in fields else None
            source = fields.get("source", fields.get("input"))
            if kind == "code" and source is not None and isinstance(source.value, (str, list)):
                count = fields.get("execution_count", fields.get("prompt_number"))
                value = count.value if count is not None else None
                found.append((number, source, value if type(value) is int else None))
            number += 1
    return found
