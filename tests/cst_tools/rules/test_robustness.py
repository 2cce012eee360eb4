"""No text makes the checker raise, hang or hide its own failures."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cst_tools.edits import apply_edits
from cst_tools.flow import interpreter, machine
from cst_tools.rules import check, check_with_errors
from cst_tools.script import Script
from cst_tools.types import Fix

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "leakage"
TEXTS = [p.read_text(encoding="utf-8") for p in sorted(CORPUS.rglob("*.py"))]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    assert check_with_errors(Script.parse(text)).errors == ()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_programs_with_lines_lost_doubled_and_swapped(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(TEXTS)).splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        other = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(("lose", "double", "swap", "indent")))
        if change == "lose" and len(lines) > 1:
            del lines[at]
            continue
        if change == "double":
            lines.insert(other, lines[at])
        elif change == "swap":
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines[at] = "    " + lines[at]
    text = "".join(lines)
    script = Script.parse(text)
    result = check_with_errors(script)
    assert result.errors == ()
    for finding in result.findings:
        assert 0 <= finding.span.start < finding.span.end <= len(text)
        if finding.fix is not None:
            assert Script.parse(apply_edits(text, finding.fix.edits)).tree is not None


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "+".join(["a"] * 3000),
        "x = " + "(" * 150 + "1" + ")" * 150,
        "f = lambda x: f(x)\nf(f(f(1)))\n",
        "def f(n):\n    return f(n - 1) + f(n - 2) + f(f(n))\n\nf(9)\n",
        "".join(f"def f{i}(x):\n    return f{i + 1}(f{i + 1}(f{i + 1}(x)))\n\n" for i in range(30)) + "f0(1)\n",
        "\n".join(f"if a{i}:\n    x{i} = {i}\nelse:\n    y{i} = {i}" for i in range(4000)),
        "".join("    " * i + f"for v{i} in [1, 2, 3, 4, 5]:\n" for i in range(15)) + "    " * 15 + "pass\n",
        "import pandas as pd\ndf = pd.read_csv('a')\n" + "df = df[df.a > 1]\n" * 5000,
        "x = [" + ", ".join(["1"] * 50_000) + "]\n",
        "class A(A):\n    def m(self):\n        return self.m()\n\nA().m()\n",
        "print 'python 2'",
        "x = 1\f\ny = '\U0001f600'\r\n",
        "",
    ],
    ids=range(13),
)
def test_hostile_programs_take_bounded_time(text: str) -> None:
    script = Script.parse(text)
    start = time.process_time()
    result = check_with_errors(script)
    assert time.process_time() - start < 2.0
    assert result.errors == ()


LINE_ENDS = ["\n", "\r\n", "\r"]
ODD = ["\f", "# \U0001f600\U00020bb7", "# é\u2028\x85", "x = '\U0001f600' \\", "%matplotlib inline", "print 'old'"]
ODD += ["\ufeff", "\x0c# page", '"""', "\t", "\0", "if x:", ")"]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_odd_characters_and_mixed_line_ends(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(TEXTS)).split("\n")
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(lines)))
        lines.insert(at, data.draw(st.sampled_from(ODD)))
    mixed = data.draw(st.booleans())
    end = data.draw(st.sampled_from(LINE_ENDS))
    text = "".join(line + (data.draw(st.sampled_from(LINE_ENDS)) if mixed else end) for line in lines)
    script = Script.parse(text)
    start = time.process_time()
    result = check_with_errors(script)
    assert time.process_time() - start < 2.0
    assert result.errors == ()
    for finding in result.findings:
        assert 0 <= finding.span.start < finding.span.end <= len(text)
        if finding.fix is None or not finding.fix.edits:
            continue
        fixed = apply_edits(text, finding.fix.edits)
        assert Script.parse(fixed).problem is None
        assert between(text, finding.fix, applied=False) == between(fixed, finding.fix, applied=True)
        if not mixed and end != "\n":
            assert fixed.count("\n") == fixed.count("\r\n") and (end == "\r\n" or "\n" not in fixed)


def between(text: str, fix: Fix, *, applied: bool) -> list[str]:
    """The stretches between the edits of a fix, in the text before it or after it."""
    out, at, shift = [], 0, 0
    for edit in sorted(fix.edits, key=lambda e: (e.span.start, e.span.end)):
        start = edit.span.start + shift
        out.append(text[at:start])
        if applied:
            at = start + len(edit.new_text)
            shift += len(edit.new_text) - (edit.span.end - edit.span.start)
        else:
            at = edit.span.end
    return [*out, text[at:]]


def repeated(lines: int) -> str:
    """A long script: one of every kind of the corpus after the other, again and again."""
    parts: list[str] = []
    count = 0
    while count < lines:
        part = TEXTS[len(parts) % len(TEXTS)]
        parts.append(part)
        count += part.count("\n")
    return "".join(parts)


@pytest.mark.parametrize("lines", [5_000, 50_000])
def test_long_scripts(lines: int) -> None:
    script = Script.parse(repeated(lines))
    assert script.problem is None
    start = time.process_time()
    result = check_with_errors(script)
    took = time.process_time() - start
    assert result.errors == ()
    assert result.findings
    assert took < 20, "an order of magnitude above what it takes on an idle machine"


def test_a_notebook_of_five_hundred_cells() -> None:
    cells = []
    for number in range(500):
        source = TEXTS[number % len(TEXTS)] if number % 3 else "%time x = 1\n!ls\n"
        if number % 50 == 49:
            source = "broken = (\n"
        cells.append({"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source})
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    script = Script.parse(text, "study.ipynb")
    assert script.problem is not None and "Cell 50" in script.problem.message
    result = check_with_errors(script)
    assert result.errors == ()
    assert any(f.code == "L101" for f in result.findings)


def test_the_work_limit_keeps_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (CORPUS / "leaky" / "flat_scaler.py").read_text(encoding="utf-8")
    assert check(Script.parse(text))
    monkeypatch.setattr(machine, "MAX_STEPS", 20)
    script = Script.parse(text + "\n")  # not the text that was just answered
    assert script.tree is not None
    assert not interpreter.follow(script.tree).complete
    assert check(script) == ()


def test_a_thousand_lines_stay_quick() -> None:
    body = "".join(
        f"df['c{i}'] = df['a'] * {i} + np.log1p(df['b{i}'])\nX{i} = df[['c{i}', 'a']].fillna(0)\n" for i in range(480)
    )
    text = TEXTS[0] + "import numpy as np\nimport pandas as pd\ndf = pd.read_csv('a.csv')\n" + body
    script = Script.parse(text)
    check(script)
    best = min(_seconds(script) for _ in range(3))
    assert best < 0.5, "an order of magnitude above what it takes on an idle machine"


def _seconds(script: Script) -> float:
    start = time.process_time()
    check(script)
    return time.process_time() - start
