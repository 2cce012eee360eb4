"""Messages name lines as a person finds them: in a notebook by cell."""

from __future__ import annotations

import json
import re

import pytest

from cst_tools.rules import RULES, Rule, check
from cst_tools.rules.rule import Context
from cst_tools.script import Script

_LINE = re.compile(r"\bline \d+")


def notebook(text: str) -> Script:
    """Each line a cell of its own, where it can be one; else the whole a cell behind an empty one."""
    lines = text.splitlines()
    for sources in (lines, ["", text]):
        cells = [{"cell_type": "code", "source": source} for source in sources]
        script = Script.parse(json.dumps({"cells": cells, "nbformat": 4}), "a.ipynb")
        if script.problem is None:
            return script
    raise AssertionError("the example does not parse")


@pytest.mark.parametrize(
    ("rule", "text"),
    [pytest.param(r, t, id=f"{r.code}-{n}") for r in RULES for n, t in enumerate(r.INVALID)],
)
def test_every_rule_names_cells_in_notebooks(rule: type[Rule], text: str) -> None:
    script = notebook(text)
    findings = check(script)
    assert rule.code in [finding.code for finding in findings], "a notebook is read as a script is"
    for finding in findings:
        for message in (finding.message, *(r.message for r in finding.related)):
            outside = "".join(message.split("`")[::2])
            for match in _LINE.finditer(outside):
                rest = outside[match.end() :]
                cell = re.match(r" of cell (\d+)", rest)
                assert cell is not None, message
                assert 1 <= int(cell[1]) <= len(script.cells)


def test_lines_are_named_once_and_code_stays() -> None:
    cells = [{"cell_type": "code", "source": source} for source in ("a = 1\n", "b = 2\nc = 3")]
    script = Script.parse(json.dumps({"cells": cells, "nbformat": 4}), "a.ipynb")
    assert script.tree is not None
    context = Context(script, script.tree)
    message = f"`line 3` on line 4 and line 1, not {context.where(3)}; timeline 7 is no line"
    assert context.named(message) == (
        "`line 3` on line 2 of cell 2 and line 1 of cell 1, not line 1 of cell 2; timeline 7 is no line"
    )
    assert context.named(context.named(message)) == context.named(message)
    plain = Script.parse("a = 1\n")
    assert plain.tree is not None
    assert Context(plain, plain.tree).named(message) == message
