"""A script under edits: every version gets the findings that it would get if it were read afresh."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cst_tools.live import LiveScript
from cst_tools.rules import check_context
from cst_tools.rules.rule import Context
from cst_tools.script import Script
from cst_tools.types import Finding, ProblemKind, Span

CORPUS = sorted((Path(__file__).parents[1] / "corpus" / "leakage").rglob("*.py"))
SNIPPETS = [
    "x",
    "(",
    ")",
    '"',
    '"""',
    " ",
    "\n",
    "\r",
    "#",
    "=",
    ":",
    "\t",
    "é",
    "\U0001f600",
    "else:\n",
    "@d\n",
    "\\\n",
    "\f",
]
LEAKY = """import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("data.csv")
y = df.pop("target")
X = StandardScaler().fit_transform(df)
X_train, X_test, y_train, y_test = train_test_split(X, y)
model = LogisticRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
"""


def afresh(text: str) -> tuple[set[Finding], list[int]] | None:
    """Findings, and the lines of all nodes; None for what does not parse."""
    script = Script.parse(text)
    if script.tree is None:
        return None
    checked = check_context(Context(script, script.tree), fixes=False, notes=True)
    assert checked.errors == ()
    return set(checked.findings), lines_of(script.tree)


def lines_of(tree: ast.Module) -> list[int]:
    return [node.lineno for node in ast.walk(tree) if hasattr(node, "lineno")]


def assert_same(live: LiveScript, text: str) -> None:
    version = live.update(text)
    fresh = afresh(text)
    assert version.errors == ()
    if fresh is None:
        assert version.problem is not None
        return
    assert version.problem is None
    assert version.script.tree is not None
    assert set(version.findings) == fresh[0]
    assert lines_of(version.script.tree) == fresh[1]


@st.composite
def edited(draw: st.DrawFn) -> list[str]:
    """Versions of a script of the corpus, each an edit of the one before or a step back."""
    text = draw(st.sampled_from(CORPUS)).read_text(encoding="utf-8")
    versions = [text]
    for _ in range(draw(st.integers(1, 8))):
        lines = text.split("\n")
        at = draw(st.integers(0, len(lines) - 1))
        place = draw(st.integers(0, len(text)))
        kind = draw(st.sampled_from(["type", "erase", "cut", "double", "blank", "swap", "indent", "undo"]))
        if kind == "type":
            text = text[:place] + draw(st.sampled_from(SNIPPETS)) + text[place:]
        elif kind == "erase":
            text = text[:place] + text[place + draw(st.integers(1, 6)) :]
        elif kind == "undo":
            text = draw(st.sampled_from(versions))
        else:
            other = draw(st.integers(0, len(lines) - 1))
            if kind == "cut":
                del lines[at]
            elif kind == "double":
                lines.insert(at, lines[other])
            elif kind == "blank":
                lines.insert(at, draw(st.sampled_from(["", "# note", "x = 1", "    # inside"])))
            elif kind == "swap":
                lines[at], lines[other] = lines[other], lines[at]
            else:
                lines[at : at + 3] = ["    " + line for line in lines[at : at + 3]]
            text = "\n".join(lines)
        versions.append(text)
    return versions


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(edited())
def test_edits_come_to_the_same_as_reading_afresh(versions: list[str]) -> None:
    live = LiveScript()
    for text in versions:
        assert_same(live, text)


@pytest.mark.parametrize("path", CORPUS[::9], ids=lambda p: p.stem)
def test_typing_a_script_from_its_first_character(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    live = LiveScript()
    for end in range(0, len(text), 37):
        live.update(text[:end])
    assert_same(live, text)


def test_a_finding_keeps_its_place_while_lines_come_and_go() -> None:
    live = LiveScript()
    (before,) = live.update(LEAKY).findings
    longer = LEAKY.replace("df = pd", "# a note\n\ndf = pd")
    (after,) = live.update(longer).findings
    assert after.code == before.code == "L101"
    assert after.span == before.span.shifted(len(longer) - len(LEAKY))
    (again,) = live.update(LEAKY).findings
    assert again == before


def test_a_broken_statement_leaves_the_findings_of_the_others() -> None:
    live = LiveScript()
    (before,) = live.update(LEAKY).findings
    version = live.update(LEAKY.replace("print(model.score(X_test, y_test))", "print(model.score(X_test, y_te"))
    assert version.problem is not None and version.problem.kind is ProblemKind.SYNTAX_ERROR
    assert "line 11" in version.problem.message
    assert [f.code for f in version.findings] == [before.code]
    assert live.fix(version.findings[0]) is None


def test_an_open_string_is_mended_further_down() -> None:
    live = LiveScript()
    live.update(LEAKY)
    rows = LEAKY.split("\n")
    opened = "\n".join([*rows[:6], '"""', *rows[6:]])
    assert live.update(opened).problem is not None
    closed = "\n".join([*rows[:6], '"""', *rows[6:8], '"""', *rows[8:]])
    assert_same(live, closed)
    assert live.update(closed).problem is None


def test_the_fix_is_that_of_reading_afresh() -> None:
    from cst_tools.rules import check

    live = LiveScript()
    live.update(LEAKY.replace("StandardScaler", "MinMaxScaler"))
    version = live.update(LEAKY)
    (expected,) = check(Script.parse(LEAKY))
    assert expected.fix is not None
    assert live.fix(version.findings[0]) == expected.fix


def test_magics_are_masked_when_they_are_what_is_wrong() -> None:
    live = LiveScript()
    assert live.update("%matplotlib inline\n" + LEAKY).problem is None
    version = live.update("%matplotlib inline\n\n" + LEAKY)
    assert version.problem is None
    assert [f.code for f in version.findings] == ["L101"]


def test_cells_of_a_notebook() -> None:
    live = LiveScript("study.ipynb")
    head, middle, tail = LEAKY.split("\n\n")[0], "%matplotlib inline\nx = 1", LEAKY.split("\n\n")[1]

    def update(*cells: str) -> list[str]:
        spans, start = [], 0
        for cell in cells:
            spans.append(Span(start, start + len(cell)))
            start += len(cell) + 1
        version = live.update("\n".join(cells), tuple(spans))
        return [f.code for f in version.findings if f.code != "N001"]

    assert update(head, middle, tail) == ["L101"]
    assert update(head, "%matplotlib inline\nx = (1", tail) == ["L101"]
    assert update(head, tail) == ["L101"]
    assert update(head, tail.replace("StandardScaler().fit_transform(df)", "df")) == []


def test_typing_inside_one_statement_follows_that_statement_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from cst_tools.flow.interpreter import Interpreter

    live = LiveScript()
    text = LEAKY + "".join(f"value_{i} = compute({i})\n" for i in range(200))
    live.update(text)
    followed: list[int] = []
    statement = Interpreter.statement

    def spy(self: Interpreter, node: ast.stmt) -> bool:
        followed.append(node.lineno)
        return statement(self, node)

    monkeypatch.setattr(Interpreter, "statement", spy)
    live.update(text.replace("compute(100)", "compute(1000)"))
    followed = [line for line in followed if not 1 <= line <= 4]  # imports cost less to follow than to remember
    assert followed == [text.split("\n").index("value_100 = compute(100)") + 1]


def test_statements_without_fields_move_too() -> None:
    text = "for i in range(3):\n    if i:\n        break\n    pass\nwhile True:\n    continue\n"
    live = LiveScript()
    live.update(text)
    assert_same(live, "import os\n" + text)
    assert_same(live, "import os\n" + text.replace("    if i", "    x = 1\n    if i"))


def test_checking_does_not_wait_for_libcst() -> None:
    program = (
        "import sys; from cst_tools.live import LiveScript; "
        "assert LiveScript().update(sys.stdin.read()).findings; "
        "sys.exit('libcst' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], input=LEAKY, text=True, check=False)
    assert done.returncode == 0, "an edit may import libcst, which takes longer than everything else; a check may not"
