"""What a suppression comment reaches, and what is said of one that reaches nothing."""

from __future__ import annotations

import json

import pytest

from cst_tools.edits import apply_edits
from cst_tools.rules import RULES, check, check_with_errors
from cst_tools.script import Script
from cst_tools.types import Finding, FixClass, Severity

LEAKY = RULES[0].INVALID[0]
LINE = next(line for line in LEAKY.splitlines() if "StandardScaler()" in line)
SPREAD = LINE.replace("StandardScaler()", "(\n    StandardScaler()\n)")


def found(text: str, ignore: tuple[str, ...] = ()) -> list[Finding]:
    result = check_with_errors(Script.parse(text), ignore)
    assert result.errors == ()
    return list(result.findings)


def with_line(new: str) -> str:
    return LEAKY.replace(LINE, new)


@pytest.mark.parametrize(
    "new",
    [
        f"# mlestar: ignore[L101] known\n# and well understood\n{LINE}",
        f"{LINE}  # noqa: E501  # mlestar: ignore[L101] known",
        f"{LINE}  # mlestar: ignore[L101] known  # noqa: E501",
        f"# mlestar: ignore[L101] known\n{SPREAD}",
        f"{SPREAD}  # mlestar: ignore[L101] known",
        SPREAD.replace("(\n", "(  # mlestar: ignore[L101] -- known\n"),
        f"{LINE}  # mlestar: ignore[L101]: known",
    ],
)
def test_reaches_the_finding_and_keeps_the_reason(new: str) -> None:
    result = check_with_errors(Script.parse(with_line(new)))
    assert result.findings == ()
    assert [(s.finding.code, s.reason) for s in result.suppressed] == [("L101", "known")]


@pytest.mark.parametrize(
    "new",
    [
        f"# mlestar: ignore[L101]\n\n{LINE}",
        f"{LINE}  # mlestar: ignore-me[L101]",
        f"{LINE}\n# mlestar: ignore[L101]",
    ],
)
def test_does_not_reach(new: str) -> None:
    assert "L101" in [f.code for f in found(with_line(new))]


UNUSED = {
    "x = 1  # mlestar: ignore[L101]\n": "x = 1\n",
    "x = 1  # mlestar: ignore[L101] because\n": "x = 1\n",
    "x = 1  # mlestar: ignore\n": "x = 1\n",
    "x = 1  # mlestar: ignore[]\n": "x = 1\n",
    "# mlestar: ignore[L101, L110]\nx = 1": "x = 1",
    "def f():\n    # mlestar: ignore[L101]\n    return 1\n": "def f():\n    return 1\n",
    "x = 1\r\n# mlestar: ignore-file[L101]\r\ny = 2\r\n": "x = 1\r\ny = 2\r\n",
    "x = 1\n# mlestar: ignore[L101]": "x = 1\n",
    "x = 1  # noqa  # mlestar: ignore[L101] why\n": "x = 1  # noqa\n",
    "x = 1  # mlestar: ignore[L101] why  # noqa\n": "x = 1  # noqa\n",
    "# mlestar: ignore[L101] why  # noqa\nx = 1\n": "# noqa\nx = 1\n",
    "é = '😀'  # mlestar: ignore[transformer-fitted-before-split]\n": "é = '😀'\n",
    "x = f(\n    1,  # mlestar: ignore[L101]\n)\n": "x = f(\n    1,\n)\n",
    "x = 1  # mlestar: ignore[L101]\t \ny = 2": "x = 1\ny = 2",
}


@pytest.mark.parametrize("text", UNUSED)
def test_an_unused_comment_is_found_and_removed(text: str) -> None:
    [finding] = found(text)
    assert (finding.code, finding.severity) == ("S001", Severity.INFORMATION)
    assert finding.fix is not None and finding.fix.safety is FixClass.SAFE
    assert apply_edits(text, finding.fix.edits) == UNUSED[text]


def test_only_the_unused_code_goes() -> None:
    text = with_line(f"{LINE}  # mlestar: ignore[L110, L101,L302] known")
    [finding] = found(text)
    assert finding.message == "`L110` and `L302` suppress nothing here: remove them."
    assert finding.fix is not None
    assert f"{LINE}  # mlestar: ignore[L101] known\n" in apply_edits(text, finding.fix.edits)


def test_a_code_that_no_rule_has() -> None:
    text = "x = 1  # mlestar: ignore[transformer-fited-before-split]\n"
    [finding] = found(text)
    assert "`transformer-fited-before-split` (`transformer-fitted-before-split`?)" in finding.message
    assert finding.fix is not None and finding.fix.safety is FixClass.REVIEW
    assert apply_edits(text, finding.fix.edits) == "x = 1\n"


@pytest.mark.parametrize(
    ("text", "ignore"),
    [
        ("x = 1  # mlestar: ignore[L101]\n", ("S001",)),
        ("x = 1  # mlestar: ignore[L101]\n", ("unused-suppression",)),
        ("x = 1  # mlestar: ignore[L101]\n", ("L101",)),
        ("x = 1  # mlestar: ignore\n", ("L110",)),
        ("x = 1  # mlestar: ignore[L101, S001]\n", ()),
        ("# mlestar: ignore-file[S001]\nx = 1  # mlestar: ignore[L101]\n", ()),
        ("x = '# mlestar: ignore[L101]'\n", ()),
        ("# mlestar: role=features\nx = 1\n", ()),
    ],
)
def test_nothing_is_said(text: str, ignore: tuple[str, ...]) -> None:
    assert found(text, ignore) == []


def test_a_comment_in_a_notebook_with_a_broken_cell_is_not_judged() -> None:
    def book(*cells: str) -> Script:
        raw = [{"cell_type": "code", "source": c} for c in cells]
        return Script.parse(json.dumps({"cells": raw, "nbformat": 4}), "a.ipynb")

    comment = "x = 1\n# mlestar: ignore[L101]"
    assert check(book(comment, "def (")) == ()
    script = book(comment, "y = 2")
    [finding] = check(script)
    assert finding.fix is not None
    after = script.with_text(apply_edits(script.text, finding.fix.edits), finding.fix.edits)
    assert [after.slice(cell) for cell in after.cells] == ["x = 1\n", "y = 2"]
