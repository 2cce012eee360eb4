"""The note on notebooks whose cells were run in another order."""

from __future__ import annotations

import json

import pytest

from cst_tools.rules import check
from cst_tools.script import Script
from cst_tools.types import Severity


def notebook(*counts: int | None, name: str = "execution_count", first: str = "") -> Script:
    cells = [
        {"cell_type": "code", name: count, "source": f"{first}\nx{number} = 1\n"} for number, count in enumerate(counts)
    ]
    markdown = {"cell_type": "markdown", "source": "# title"}
    return Script.parse(json.dumps({"cells": [markdown, *cells], "nbformat": 4}), "a.ipynb")


@pytest.mark.parametrize("counts", [(), (1,), (1, 2, 3), (4, 9, 12), (None, None), (1, None, 2), (3, 3)])
def test_is_silent_where_the_order_is_that_of_the_cells(counts: tuple[int | None, ...]) -> None:
    assert check(notebook(*counts)) == ()


@pytest.mark.parametrize(
    ("counts", "cell", "above"),
    [((2, 1), 2, 1), ((1, 5, None, 3), 4, 2), ((7, 8, 9, 1, 2), 4, 3), ((5, 1, 6, 2), 2, 1)],
)
def test_notes_the_first_cell_that_was_run_before_one_above(
    counts: tuple[int | None, ...], cell: int, above: int
) -> None:
    script = notebook(*counts)
    [note] = check(script)
    assert (note.code, note.severity) == ("N001", Severity.INFORMATION)
    assert note.message.startswith(f"Cell {cell} was last run (In [{counts[cell - 1]}]) before cell {above} above it")
    assert script.slice(note.span) == f"x{cell - 1} = 1"
    assert script.slice(note.related[0].span) == f"x{above - 1} = 1"


def test_old_notebooks_and_empty_cells() -> None:
    assert [f.code for f in check(notebook(2, 1, name="prompt_number"))] == ["N001"]
    cells = [
        {"cell_type": "code", "execution_count": n, "source": s} for n, s in ((2, "x = 1"), (1, " \n"), (3, "y = 1"))
    ]
    assert check(Script.parse(json.dumps({"cells": cells, "nbformat": 4}), "a.ipynb")) == ()


def test_the_same_text_with_other_counts_is_another_question() -> None:
    assert check(notebook(1, 2)) == ()
    assert len(check(notebook(2, 1))) == 1


def test_can_be_turned_off() -> None:
    assert check(notebook(2, 1), ignore=["N001"]) == ()
    assert check(notebook(2, 1, first="# mlestar: ignore[N001] kept as it was run")) == ()
    found = check(notebook(2, 1, first="# mlestar: ignore"))  # one without codes is not about the file
    assert sorted(f.code for f in found) == ["N001", "S001", "S001"]
