"""Notebooks: cells to text and back, everything else byte for byte."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cst_tools.analysis import analyse
from cst_tools.edits import Applied, apply_patches, make_patch
from cst_tools.notebook import Notebook, read_notebook, write_cells
from cst_tools.script import Script
from cst_tools.types import ProblemKind, Span


def _json(*sources: str | list[str], indent: int | None = 1, ascii_only: bool = False) -> str:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": ["# é"]}]
    cells += [
        {
            "cell_type": "code",
            "execution_count": 3,
            "metadata": {"a": [1.50, 2e3]},
            "outputs": [{"text": ["ü"]}],
            "source": s,
        }
        for s in sources
    ]
    book = {"cells": cells, "metadata": {"x": None}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=indent, ensure_ascii=ascii_only) + "\n"


def _read(raw: str) -> Notebook:
    notebook = read_notebook(raw)
    assert isinstance(notebook, Notebook)
    return notebook


def test_cells_become_text() -> None:
    script = Script.parse(_json(["import a\n", "b = 1"], "c = 2", ""), "x.ipynb")
    assert script.text == "import a\nb = 1\nc = 2\n"
    assert [script.slice(cell) for cell in script.cells] == ["import a\nb = 1", "c = 2", ""]
    assert script.problem is None
    assert script.cell_of(Span(15, 20)) == (1, Span(0, 5))
    assert script.cell_of(Span(9, 20)) is None


def test_old_format_and_bare_variants() -> None:
    old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"]}]}]}
    assert Script.parse(json.dumps(old), "x.ipynb").text == "x = 1"
    assert Script.parse('{"cells": []}', "x.ipynb").text == ""


@pytest.mark.parametrize(
    "raw", ["", "[]", "{", '{"cells": 3}', '{"nbformat": 4}', '{"cells": [}', "nul", '{"a" 1}', "[" * 5000]
)
def test_broken_json_is_a_problem(raw: str) -> None:
    script = Script.parse(raw, "x.ipynb")
    assert script.problem is not None
    assert script.problem.kind is ProblemKind.BAD_NOTEBOOK
    assert script.tree is None


def test_broken_cell_is_masked_alone() -> None:
    script = Script.parse(_json("x = 1", "for (", "y = 2", "%%html\n<b>"), "x.ipynb")
    assert script.tree is not None
    assert [script.slice(script.span_of(n)) for n in script.tree.body[:2]] == ["x = 1", "y = 2"]
    assert script.problem is not None
    assert script.problem.message.startswith("Cell 2 is left out")
    assert script.slice(script.problem.span) == "("


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_writing_changes_the_cell_alone(indent: int | None, ascii_only: bool) -> None:
    raw = _json(["a = 'é'\n", "b = 1\n", "c = 2"], "d = 3", indent=indent, ascii_only=ascii_only)
    changed = write_cells(_read(raw), {0: "a = 'é'\nb = 7\nc = 2\n# ö"})
    wanted = _json(["a = 'é'\n", "b = 7\n", "c = 2\n", "# ö"], "d = 3", indent=indent, ascii_only=ascii_only)
    assert changed == wanted
    assert write_cells(_read(raw), {0: "a = 'é'\nb = 1\nc = 2", 1: "d = 3"}) == raw
    assert write_cells(_read(raw), {1: "d = 4"}) == raw.replace("d = 3", "d = 4")


def test_empty_cell_is_filled_in_the_style_of_the_others() -> None:
    raw = _json(["a\n", "b"], [])
    assert write_cells(_read(raw), {1: "x\ny"}) == _json(["a\n", "b"], ["x\n", "y"])
    assert write_cells(_read(raw), {0: ""}) == _json([], [])


@given(st.lists(st.text(st.sampled_from('ab\n\r😀"\\é'), max_size=12), min_size=1, max_size=4), st.data())
def test_any_source_can_be_written(sources: list[str], data: st.DataObject) -> None:
    raw = _json(*[s.splitlines(keepends=True) for s in sources])
    index = data.draw(st.integers(0, len(sources) - 1))
    new = data.draw(st.text(st.sampled_from('ab\n"\\é😀'), max_size=12))
    after = _read(write_cells(_read(raw), {index: new}))
    assert [c.source for c in after.cells] == [*sources[:index], new, *sources[index + 1 :]]


def test_a_line_like_the_next_cell_stays_in_its_own() -> None:
    script = Script.parse(_json(["x = 1\n", "y = SVC()"], ["x = 1\n", "y = SVC()"]), "x.ipynb")
    analysis = analyse(script)
    first = next(b for b in analysis.blocks if b.role.value == "model")
    code = "y = SVC()\nx = 1\ny = SVC()"
    applied = apply_patches(script, analysis.blocks, [make_patch(script, first, code)])
    assert isinstance(applied, Applied)
    after = _read(script.source_after(applied.text, applied.edits))
    assert [c.source for c in after.cells] == ["x = 1\ny = SVC()\nx = 1\ny = SVC()", "x = 1\ny = SVC()"]


def test_a_patch_reaches_the_json() -> None:
    raw = _json(
        ["import pandas as pd\n", "df = pd.read_csv('a.csv')"],
        ["%matplotlib inline\n", "df['b'] = df['a'] + 1\n", "df['c'] = df['a'] + 2"],
        "print(df)",
    )
    script = Script.parse(raw, "x.ipynb")
    analysis = analyse(script)
    block = next(b for b in analysis.blocks if b.role.value == "features")
    applied = apply_patches(
        script, analysis.blocks, [make_patch(script, block, "df['b'] = 0\ndf['d'] = 1\ndf['e'] = 2")]
    )
    assert isinstance(applied, Applied)
    after = script.source_after(applied.text, applied.edits)
    assert script.source_after(applied.text) == after
    assert after == _json(
        ["import pandas as pd\n", "df = pd.read_csv('a.csv')"],
        ["%matplotlib inline\n", "df['b'] = 0\n", "df['d'] = 1\n", "df['e'] = 2"],
        "print(df)",
    )
    again = script.with_text(applied.text)
    assert len(again.cells) == 3
    assert again.text == applied.text


def test_lines_are_named_by_their_cell() -> None:
    script = Script.parse(_json(["a = 1\n"], ["b = 2\n", "\n", "c = 3"], [], "d = 4"), "x.ipynb")
    assert script.tree is not None
    names = [script.line_name(node.lineno - 1) for node in script.tree.body]
    assert names == ["line 1 of cell 1", "line 1 of cell 2", "line 3 of cell 2", "line 1 of cell 4"]
    assert Script.parse("x = 1\ny = 2").line_name(1) == "line 2"


def test_execution_counts_are_those_of_code_cells() -> None:
    assert Script.parse(_json("a = 1", "b = 2"), "x.ipynb").execution_counts == (3, 3)
    assert Script.parse("a = 1").execution_counts == ()
