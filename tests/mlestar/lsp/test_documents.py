"""Offsets and positions: files, notebooks, and texts that moved on."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from cst_tools.script import Script
from cst_tools.types import Edit, Span
from mlestar.lsp.documents import Document, Layout, Movement, Part, path_of, uri_of
from mlestar.lsp.hardened import Document as Text


def notebook(*cells: str) -> tuple[Document, Layout, str]:
    parts = tuple(Part(f"vscode-notebook-cell:/n.ipynb#{i}", text, i) for i, text in enumerate(cells))
    document = Document("file:///n.ipynb", Path("/n.ipynb"), 1, parts, notebook=True)
    script = Script.parse(document.snapshot().text, "/n.ipynb")
    assert (document.text, document.cells) == (script.text, script.cells)
    return document, Layout(document, "utf-16"), script.text


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


def edited(text: Text, rng: random.Random) -> tuple[int, int]:
    """One random edit as a client sends it; where it was."""
    start, end = sorted(rng.choices(range(len(text.source) + 1), k=2))
    new = "".join(rng.choices("ab\n", k=rng.randrange(5)))
    places = [lsp.Position(*text.index.to_position(at)) for at in (start, end)]
    text.apply_change(lsp.TextDocumentContentChangePartial(lsp.Range(*places), new))
    return start, end


def part_of(text: Text, version: int) -> Part:
    return Part(text.uri, text.source, version, text.index, text.edits, text.edits.count)


def test_places_move_with_every_edit() -> None:
    rng = random.Random(3)
    for _ in range(300):
        old = "".join(rng.choices("ab\n", k=rng.randrange(40)))
        text = Text("file:///s.py", source=old)
        before = Document("file:///s.py", Path("/s.py"), 1, (part_of(text, 1),))
        a, b = sorted(rng.choices(range(len(old) + 1), k=2))
        apart, at = True, Span(a, b)
        for number in range(4):
            start, end = edited(text, rng)
            apart = apart and (at.end < start or at.start > end)
            now = Document("file:///s.py", Path("/s.py"), 2 + number, (part_of(text, 2 + number),))
            at = Movement(before, now)(Span(a, b))
            assert 0 <= at.start <= at.end <= len(text.source)
            if apart:
                assert text.source[at.start : at.end] == old[a:b]
            assert text.index.text == text.source
            assert [text.index.line_text(n) for n in range(text.index.count)] == text.source.split("\n")


def test_edits_far_apart_leave_what_lies_between_in_its_place() -> None:
    lines = [f"line {number}" for number in range(50)]
    text = Text("file:///s.py", source="\n".join(lines))
    before = Document("file:///s.py", Path("/s.py"), 1, (part_of(text, 1),))
    for line in (1, 48):
        place = lsp.Position(line, 0)
        text.apply_change(lsp.TextDocumentContentChangePartial(lsp.Range(place, place), "new\n"))
    now = Document("file:///s.py", Path("/s.py"), 2, (part_of(text, 2),))
    start = before.text.index("line 25")
    moved = Movement(before, now)(Span(start, start + 7))
    assert now.text[moved.start : moved.end] == "line 25"


def test_places_of_a_text_that_is_compared_only() -> None:
    """A full replacement, or a log that does not reach back: the texts differ in one stretch."""
    old, new = "first\nsecond\nthird\n", "first\nsecond and more (\nthird\n"
    before, now = (Document("file:///s.py", Path("/s.py"), 1, (Part("file:///s.py", t, 1),)) for t in (old, new))
    move = Movement(before, now)
    at = old.index("third")
    found = move(Span(at, at + 5))
    assert new[found.start : found.end] == "third"
    assert move(Span(0, 5)) == Span(0, 5)
    empty = Document("file:///s.py", Path("/s.py"), 1, (Part("file:///s.py", "", 1),))
    assert Movement(before, empty)(Span(0, 5)) == Span(0, 0)


def test_a_log_that_was_cut_is_not_believed() -> None:
    text = Text("file:///s.py", source="x = 1\nlast")
    before = Document("file:///s.py", Path("/s.py"), 1, (part_of(text, 1),))
    start = lsp.Position(0, 0)
    for _ in range(3000):
        text.apply_change(lsp.TextDocumentContentChangePartial(lsp.Range(start, start), "# a\n"))
    now = Document("file:///s.py", Path("/s.py"), 2, (part_of(text, 2),))
    moved = Movement(before, now)(Span(6, 10))
    assert now.text[moved.start : moved.end] == "last"


def test_places_of_a_notebook_move_in_their_cells() -> None:
    before, _, text = notebook("a = 1", "b = 2\nc = 3", "d = 4")
    parts = before.parts
    now = Document(
        before.uri,
        before.path,
        2,
        (parts[0], Part("new", "n = 0", 0), replace(parts[1], text="bb = 2\nc = 3")),
        notebook=True,
    )
    at = text.index("c = 3")
    moved = Movement(before, now)(Span(at, at + 5))
    assert now.text[moved.start : moved.end] == "c = 3"
    at = text.index("d = 4")
    assert Movement(before, now)(Span(at, at + 5)) == Span(0, 0), "the cell is gone"
    assert Movement(before, now)(Span(0, 5)) == Span(0, 5)


@pytest.mark.parametrize("name", ["a b.py", "ü🙂.py", "50%.py", "a#b.py"])
def test_paths_and_uris_are_each_others(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    assert path_of(uri_of(path)) == path
    assert path_of(path.as_uri()) == path


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "vscode-vfs://github/a/b", "nonsense", ""])
def test_a_uri_without_a_file_still_has_a_name(uri: str) -> None:
    assert path_of(uri).name
