"""The labelled corpus: what is expected is found where it is expected, and nothing else is."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from cst_tools.edits import apply_edits
from cst_tools.rules import check_with_errors
from cst_tools.script import Script
from cst_tools.types import Severity

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "leakage"
FILES = sorted(CORPUS.rglob("*.py"))


def found(text: str) -> Counter[tuple[str, int]]:
    script = Script.parse(text)
    assert script.problem is None
    result = check_with_errors(script)
    assert result.errors == ()
    return Counter(
        (f.code, script.index.line_of(f.span.start) + 1)
        for f in result.findings
        if f.severity is not Severity.INFORMATION
    )


def expected(text: str) -> Counter[tuple[str, int]]:
    first = text.partition("\n")[0]
    assert first.startswith("# expect: ")
    words = [w.split("@") for w in first.removeprefix("# expect: ").split() if w != "none"]
    return Counter((code, int(line)) for code, line in words)


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_finds_exactly_what_is_labelled(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    want, got = expected(text), found(text)
    assert got == want, f"missed {sorted((want - got).elements())}, false {sorted((got - want).elements())}"
    assert bool(want) is (path.parent.name == "leaky")


@pytest.mark.parametrize("path", [p for p in FILES if p.parent.name == "leaky"], ids=lambda p: p.stem)
def test_every_fix_in_the_corpus_clears_its_finding(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    findings = check_with_errors(Script.parse(text)).findings
    assert findings
    before = Counter(f.code for f in findings)
    for finding in findings:
        if finding.fix is not None and finding.fix.edits:
            fixed = apply_edits(text, finding.fix.edits)
            after = Counter(f.code for f in check_with_errors(Script.parse(fixed)).findings)
            assert after[finding.code] < before[finding.code]
            assert sum(after.values()) < sum(before.values())


def test_the_corpus_is_large_and_of_both_kinds() -> None:
    kinds = Counter(p.parent.name for p in FILES)
    assert kinds["leaky"] >= 12
    assert kinds["clean"] >= 12
