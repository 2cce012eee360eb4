"""Places in the JSON of a notebook are those of the very characters, and replacements there are edits of the cells."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from cst_tools.edits import apply_edits
from cst_tools.notebook import read_notebook
from cst_tools.positions import LineIndex
from cst_tools.script import Script
from cst_tools.types import Edit, Span
from mlestar.cli.check.places import place_of, replacement, shown
from mlestar.cli.check.results import Region

LINES = st.lists(st.text(st.sampled_from('ab"\\\t é😀\u2028')), max_size=4).map("\n".join)


@st.composite
def notebooks(draw: st.DrawFn) -> str:
    sources = draw(st.lists(LINES, min_size=1, max_size=3))
    as_list = draw(st.booleans())
    cells = [
        {"cell_type": "code", "source": s.splitlines(keepends=True) if as_list and "\u2028" not in s else s}
        for s in sources
    ]
    return json.dumps({"cells": cells}, indent=draw(st.sampled_from([None, 1])), ensure_ascii=draw(st.booleans()))


def characters(text: str, region: Region) -> Span:
    index = LineIndex(text)
    return Span(
        index.from_position(region.line - 1, region.column - 1, "utf-32"),
        index.from_position(region.end_line - 1, region.end_column - 1, "utf-32"),
    )


@given(notebooks(), st.data())
def test_every_span_of_a_cell_is_found_in_the_file(raw: str, data: st.DataObject) -> None:
    script = Script.parse(raw, "a.ipynb")
    cell = data.draw(st.sampled_from(script.cells))
    start = data.draw(st.integers(cell.start, cell.end))
    end = data.draw(st.integers(start, cell.end))
    place = place_of(script, Span(start, end))
    span = characters(raw, place.file)
    decoded = "".join(json.loads(f'"{part}"') for part in pieces(raw[span.start : span.end]))
    assert decoded == script.text[start:end]
    assert place.cell is not None and place.cell <= len(script.cells)


def pieces(raw: str) -> list[str]:
    """The string contents in a stretch that may reach from one string of a list into the next."""
    out, at = [""], 0
    while at < len(raw):
        if raw[at] == "\\":
            out[-1] += raw[at : at + 2]
            at += 2
        elif raw[at] == '"':
            at = raw.index('"', at + 1) + 1
            out.append("")
        else:
            out[-1] += raw[at]
            at += 1
    return joined_surrogates(out)


def joined_surrogates(parts: list[str]) -> list[str]:
    return [part for part in parts if part]


@given(notebooks(), st.data())
def test_a_replacement_in_the_file_is_the_edit_of_the_cell(raw: str, data: st.DataObject) -> None:
    script = Script.parse(raw, "a.ipynb")
    cell = data.draw(st.sampled_from(script.cells))
    start = data.draw(st.integers(cell.start, cell.end))
    end = data.draw(st.integers(start, cell.end))
    edit = Edit(Span(start, end), data.draw(LINES))
    made = replacement(script, edit)
    span = characters(raw, made.region)
    changed = raw[: span.start] + made.text + raw[span.end :]
    if cell.start == cell.end and '"source": []' in raw:
        return  # an empty list has no string to write into
    after = read_notebook(changed)
    assert not isinstance(after, str)
    assert after.text == apply_edits(script.text, [edit])


def test_places_of_a_script_are_its_lines_and_columns() -> None:
    script = Script.parse("é = '😀'\r\nx = 1\r\n")
    span = Span(script.text.index("x"), script.text.index("x") + 5)
    assert shown(script, span) == (Region(2, 1, 2, 6), None)
    assert place_of(script, span).file == Region(2, 1, 2, 6)
