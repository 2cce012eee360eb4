"""Offsets and positions: files, notebooks, and texts that moved on."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from cst_tools.script import Script
from cst_tools.types import Edit, Span
from mlestar.lsp.documents import Document, Layout, Part, path_of, shifted, uri_of


def notebook(*cells: str) -> tuple[Document, Layout, str]:
    parts = tuple(Part(f"vscode-notebook-cell:/n.ipynb#{i}", text, i) for i, text in enumerate(cells))
    document = Document("file:///n.ipynb", Path("/n.ipynb"), 1, parts, notebook=True)
    script = Script.parse(document.snapshot().text, "/n.ipynb")
    return document, Layout(document, script.cells, "utf-16"), script.text


def test_every_place_of_a_notebook_is_in_one_cell_and_back() -> None:
    cells = ["import os\n%matplotlib inline", "", "é = '🙂'; x = 1\n", "print(x)"]
    document, layout, text = notebook(*cells)
    for number, cell in enumerate(cells):
        start = layout.offset(document.parts[number].uri, lsp.Position(0, 0))
        assert start is not None
        for at in range(len(cell) + 1):
            place = layout.position(start + at, number)
            assert layout.offset(document.parts[number].uri, place) == start + at
        if cell:
            assert layout.uri_at(start) == document.parts[number].uri
            assert text[start : start + len(cell)] == cell
    assert layout.offset("file:///other", lsp.Position(0, 0)) is None


def test_an_edit_over_two_cells_is_refused() -> None:
    _, layout, text = notebook("a = 1", "b = 2")
    assert isinstance(layout.text_edits((Edit(Span(0, len(text)), "x"),)), str)
    found = layout.text_edits((Edit(Span(0, 1), "x"), Edit(Span(text.index("b"), text.index("b") + 1), "y")))
    assert isinstance(found, dict)
    assert {part: [e.new_text for e in edits] for part, edits in found.items()} == {0: ["x"], 1: ["y"]}


def test_places_move_with_one_change() -> None:
    rng = random.Random(3)
    for _ in range(300):
        old = "".join(rng.choices("ab\n", k=rng.randrange(30)))
        start, end = sorted(rng.choices(range(len(old) + 1), k=2))
        new = old[:start] + "".join(rng.choices("ab\n", k=rng.randrange(5))) + old[end:]
        a, b = sorted(rng.choices(range(len(old) + 1), k=2))
        moved = shifted(Span(a, b), old, new)
        assert 0 <= moved.start <= moved.end <= len(new)
        if b < start or a > end:
            assert new[moved.start : moved.end] == old[a:b]


def test_a_place_elsewhere_keeps_its_text() -> None:
    old = "first\nsecond\nthird\n"
    new = "first\nsecond and more (\nthird\n"
    at = old.index("third")
    assert new[slice(*_pair(shifted(Span(at, at + 5), old, new)))] == "third"
    assert shifted(Span(0, 5), old, new) == Span(0, 5)
    assert shifted(Span(0, 5), old, "") == Span(0, 0)


def _pair(span: Span) -> tuple[int, int]:
    return span.start, span.end


@pytest.mark.parametrize("name", ["a b.py", "ü🙂.py", "50%.py", "a#b.py"])
def test_paths_and_uris_are_each_others(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    assert path_of(uri_of(path)) == path
    assert path_of(path.as_uri()) == path


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "vscode-vfs://github/a/b", "nonsense", ""])
def test_a_uri_without_a_file_still_has_a_name(uri: str) -> None:
    assert path_of(uri).name
