"""The suppression that a quick fix writes is one that the rules obey, wherever the finding lies."""

from __future__ import annotations

import ast
import json

import pytest

from cst_tools.edits import apply_edits
from cst_tools.rules import check
from cst_tools.script import Script
from cst_tools.types import Span
from mlestar.lsp import suppress
from mlestar.lsp.suppress import suppression

BEFORE = """\
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

def main(X, y):
    scaler = StandardScaler()
    {statement}
    A, B, a, b = train_test_split(X, y, random_state=0)
    model = LogisticRegression().fit(A, a)
    print(model.score(B, b))

import sklearn.datasets
main(*sklearn.datasets.load_iris(return_X_y=True))
"""

STATEMENTS = {
    "plain": "X = scaler.fit_transform(X)",
    "trailing blanks": "X = scaler.fit_transform(X)   ",
    "another comment": "X = scaler.fit_transform(X)  # scale",
    "a comment with a bracket": "X = scaler.fit_transform(X)  # see [1]",
    "a directive": "X = scaler.fit_transform(X)  # mlestar: ignore[L999]",
    "a string like a directive": "t = '# mlestar: ignore[x]'; X = scaler.fit_transform(X)",
    "several lines": "X = scaler.fit_transform(\n        X,\n    )",
    "a backslash": "X = scaler \\\n        .fit_transform(X)",
    "a backslash before": "X = \\\n        scaler.fit_transform(X)",
    "a string of several lines": "X, t = scaler.fit_transform(X), '''a\n    b'''",
    "an f-string of several lines": "X, t = scaler.fit_transform(X), f'''a{1}\n    b'''",
    "two statements": "X = scaler.fit_transform(X); t = 1",
    "a tab": "X = scaler.fit_transform(X)\t",
    "a directive behind another comment": "X = scaler.fit_transform(X)  # noqa  # mlestar: ignore[L999] why",
    "a directive above": "# mlestar: ignore[L999] why\n    X = scaler.fit_transform(X)",
    "an empty list": "X = scaler.fit_transform(X)  # mlestar: ignore[ L999, ]",
    "a directive at the end of the statement": "X = scaler.fit_transform(\n        X,\n    )  # mlestar: ignore[L999]",
    "behind a string of several lines": "t, X = '''a\n    b''', scaler.fit_transform(X)",
    "between strings of several lines": "t, X, u = '''a\n    b''', scaler.fit_transform(X), '''c\n    d'''",
    "a comment of another line": "X = scaler.fit_transform(  # noqa\n        X,\n    )",
}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", STATEMENTS)
def test_the_rules_obey_the_comment_and_the_program_stays(name: str, end: str) -> None:
    text = BEFORE.format(statement=STATEMENTS[name]).replace("\n", end)
    script = Script.parse(text)
    findings = check(script)
    assert findings, "there is something to suppress"
    for finding in findings:
        edit = suppression(script, finding.code, finding.span)
        assert edit is not None
        after = Script.parse(apply_edits(text, [edit]))
        assert after.tree is not None
        assert ast.dump(after.tree) == ast.dump(script.tree)
        assert finding.code not in [f.code for f in check(after)]


def test_two_codes_share_a_directive() -> None:
    text = "x = 1  # mlestar: ignore[L101]\n"
    script = Script.parse(text)
    edit = suppression(script, "L205", script.index.line_span(0))
    assert edit is not None
    assert apply_edits(text, [edit]) == "x = 1  # mlestar: ignore[L101, L205]\n"


def test_a_directive_gets_longer_instead_of_a_second_one() -> None:
    for text in ("x = 1  # noqa  # mlestar: ignore[L101] why\n", "# mlestar: ignore[L101] why\nx = 1\n"):
        script = Script.parse(text)
        edit = suppression(script, "L205", script.index.line_span(script.index.line_of(text.index("x = 1"))))
        assert edit is not None
        assert apply_edits(text, [edit]) == text.replace("[L101]", "[L101, L205]")


def test_in_a_notebook_it_stays_in_its_cell() -> None:
    cells = ["%%time\nx = 1", "x = '''a\nb'''", "y = 2"]
    raw = json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells], "nbformat": 4})
    script = Script.parse(raw, "a.ipynb")
    expected = {
        "x = 1": ["%%time\nx = 1  # mlestar: ignore[L101]", *cells[1:]],
        "x = '''a": [cells[0], "# mlestar: ignore[L101]\n" + cells[1], cells[2]],
        "y = 2": [*cells[:2], "y = 2  # mlestar: ignore[L101]"],
    }
    for needle, wanted in expected.items():
        at = script.text.index(needle)
        edit = suppression(script, "L101", Span(at, at + 5))
        assert edit is not None
        after = script.with_text(apply_edits(script.text, [edit]), [edit])
        assert [after.slice(cell) for cell in after.cells] == wanted


def test_a_long_script_costs_one_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script.parse("".join(f"x{n} = f({n},\n  {n})\n" for n in range(5000)))
    read: list[tuple[int, int]] = []
    tokens = suppress.tokens
    monkeypatch.setattr(suppress, "tokens", lambda script, lines: read.append(lines) or tokens(script, lines))
    assert suppression(script, "L101", script.index.line_span(4000)) is not None
    assert read == [(4000, 4001)]
