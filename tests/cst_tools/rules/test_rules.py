"""Every rule on its own examples; fixes on every example; suppression; failures inside a rule."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from cst_tools import rules
from cst_tools.edits import apply_edits
from cst_tools.rules import RULES, Rule, check, check_with_errors, explain
from cst_tools.rules.rule import Context
from cst_tools.script import Script
from cst_tools.types import Finding, Fix, FixClass, Severity

PAGES = Path(__file__).resolve().parents[3] / "docs" / "rules"


def examples(kind: str) -> list[object]:
    return [
        pytest.param(rule, text, id=f"{rule.code}-{number}")
        for rule in RULES
        for number, text in enumerate(getattr(rule, kind))
    ]


def reported(text: str) -> list[Finding]:
    result = check_with_errors(Script.parse(text))
    assert result.errors == ()
    return [f for f in result.findings if f.severity is not Severity.INFORMATION]


@pytest.mark.parametrize(("rule", "text"), examples("VALID"))
def test_is_silent_on_valid_programs(rule: type[Rule], text: str) -> None:
    assert Script.parse(text).problem is None
    assert [f.code for f in reported(text)] == []


@pytest.mark.parametrize(("rule", "text"), examples("INVALID"))
def test_finds_what_is_wrong(rule: type[Rule], text: str) -> None:
    findings = reported(text)
    assert [f.code for f in findings] == [rule.code]
    assert findings[0].slug == rule.slug
    assert findings[0].related, "the other half of the finding"
    assert Script.parse(text).slice(findings[0].span)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_an_offered_fix_clears_the_finding_and_adds_none(rule: type[Rule]) -> None:
    for text in rule.INVALID:
        (finding,) = reported(text)
        if finding.fix is not None and finding.fix.safety is not FixClass.EXPLAIN:
            check_fix(text, finding.fix)


def check_fix(text: str, fix: Fix) -> None:
    fixed = apply_edits(text, fix.edits)
    ast.parse(fixed)
    assert reported(fixed) == []
    kept = Counter(text.splitlines()) & Counter(fixed.splitlines())
    assert len(text.splitlines()) - kept.total() <= 5, "a fix is a small edit"


@pytest.mark.parametrize("code", ["L101", "L110", "L302", "L401"])
def test_the_finished_rules_fix_most_of_their_examples(code: str) -> None:
    rule = rules.find_rule(code)
    assert rule is not None
    assert len(rule.VALID) >= 8
    assert len(rule.INVALID) >= 8
    fixes = [reported(text)[0].fix for text in rule.INVALID]
    assert sum(f is not None and bool(f.edits) for f in fixes) * 2 >= len(fixes)
    assert sum(f is not None and f.safety is FixClass.SAFE for f in fixes) >= 4


def test_codes_and_slugs_are_unique() -> None:
    names = [n for r in RULES for n in (r.code, r.slug)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.code)
def test_the_page_is_the_docstring(rule: type[Rule]) -> None:
    page = (PAGES / f"{rule.code}.md").read_text(encoding="utf-8")
    assert page == rule.page(), "run python docs/rules/write.py"
    for section in ("What it does", "Why is this bad", "Example", "Fix safety", "References"):
        assert f"## {section}" in page


def test_explain_finds_rules_by_code_and_slug() -> None:
    assert explain("l101") == explain("transformer-fitted-before-split") == RULES[0].page()
    assert "L101" in explain("L999")
    assert explain("L999").startswith("There is no rule L999")


LEAKY = RULES[0].INVALID[0]
LINE = next(line for line in LEAKY.splitlines() if "StandardScaler()" in line)


@pytest.mark.parametrize(
    ("new", "silent"),
    [
        (f"{LINE}  # mlestar: ignore[L101] known", True),
        (f"{LINE}  # mlestar: ignore", True),
        (f"{LINE}  # MLESTAR: ignore[L302, L101]", True),
        (f"{LINE}  # mlestar: ignore[transformer-fitted-before-split]", True),
        (f"# mlestar: ignore[L101] known\n{LINE}", True),
        (f"# mlestar: ignore-file[L101]\n{LINE}", True),
        (f"{LINE}  # mlestar: ignore[L302]", False),
        (f"# mlestar: ignore[L101]\nother = 1\n{LINE}", False),
        (f'note = "# mlestar: ignore-file[L101]"\n{LINE}', False),
        (f'note = """\n# mlestar: ignore[L101]\n"""\n{LINE}', False),
        (f"other = 1  # mlestar: ignore[L101]\n{LINE}", False),
    ],
)
def test_suppression_comments(new: str, silent: bool) -> None:
    assert (reported(LEAKY.replace(LINE, new)) == []) is silent


def test_ignore_leaves_rules_out() -> None:
    script = Script.parse(LEAKY)
    assert check(script, ignore=["l101"]) == ()
    assert check(script, ignore={"transformer-fitted-before-split"}) == ()
    assert [f.code for f in check(script, ignore=["L110"])] == ["L101"]


def test_a_broken_rule_is_visible_and_silences_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Rule):
        """Fails."""

        code = "L999"
        slug = "broken"

        def check(self, context: Context) -> Iterator[Finding]:
            raise ZeroDivisionError("on purpose")

    monkeypatch.setattr(rules, "RULES", (Broken, *RULES))
    result = check_with_errors(Script.parse(LEAKY))
    assert [f.code for f in result.findings] == ["L101"]
    assert result.errors == ("L999: ZeroDivisionError: on purpose",)


def test_line_ends_survive_a_fix() -> None:
    text = LEAKY.replace("\n", "\r\n")
    (finding,) = reported(text)
    assert finding.fix is not None
    fixed = apply_edits(text, finding.fix.edits)
    assert fixed.count("\n") == fixed.count("\r\n")
    assert reported(fixed) == []


def test_information_when_nothing_is_scored() -> None:
    text = LEAKY[: LEAKY.index("print(accuracy")]
    findings = check(Script.parse(text))
    assert [(f.code, f.severity) for f in findings] == [("L101", Severity.INFORMATION)]
