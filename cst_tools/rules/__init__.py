"""Findings: leakage and validity rules over a script's data flow.

`check` is what everybody calls. It never raises: a failure inside one rule leaves the others' findings standing
and is visible to who asks `check_with_errors`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cst_tools.rules.early_stopping import EarlyStoppingOnTest
from cst_tools.rules.refit import RefitOnTest
from cst_tools.rules.rule import Context, Rule
from cst_tools.rules.suppression import suppressed, suppressions
from cst_tools.rules.target import TargetAmongFeatures
from cst_tools.rules.transformers import (
    ConcatenatedThenFitted,
    ImputerBeforeSplit,
    PreprocessingOutsideFolds,
    ResamplingBeforeSplit,
    SelectionBeforeSplit,
    StatisticBeforeSplit,
    TargetEncodingBeforeSplit,
    TransformerBeforeSplit,
    VocabularyBeforeSplit,
)
from cst_tools.script import Script
from cst_tools.types import Finding

__all__ = ["RULES", "Checked", "Rule", "check", "check_with_errors", "explain", "find_rule"]

RULES: tuple[type[Rule], ...] = (
    TransformerBeforeSplit,
    ImputerBeforeSplit,
    VocabularyBeforeSplit,
    StatisticBeforeSplit,
    SelectionBeforeSplit,
    TargetEncodingBeforeSplit,
    ConcatenatedThenFitted,
    ResamplingBeforeSplit,
    RefitOnTest,
    PreprocessingOutsideFolds,
    EarlyStoppingOnTest,
    TargetAmongFeatures,
)


@dataclass(frozen=True)
class Checked:
    """``errors`` are failures of our own, one line each with the rule's code, for the log."""

    findings: tuple[Finding, ...]
    errors: tuple[str, ...] = ()


def check(script: Script, ignore: Collection[str] = ()) -> tuple[Finding, ...]:
    """All findings in order of place. ``ignore`` holds codes or slugs to leave out. Never raises."""
    return check_with_errors(script, ignore).findings


def check_with_errors(script: Script, ignore: Collection[str] = ()) -> Checked:
    """As `check`, with what went wrong inside the rules. Never raises."""
    if script.tree is None:
        return Checked(())
    ignored = {name.upper() for name in ignore}
    comments = suppressions(script.masked)
    context = Context(script, script.tree)
    findings: list[Finding] = []
    errors: list[str] = []
    for rule in RULES:
        if rule.code.upper() in ignored or rule.slug.upper() in ignored:
            continue
        try:
            found = list(rule().check(context))
        except Exception as error:  # one broken rule must not silence the others
            errors.append(f"{rule.code}: {type(error).__name__}: {error}")
            continue
        for finding in found:
            lines = (script.index.line_of(finding.span.start), script.index.line_of(finding.span.end))
            if not suppressed(finding, lines, comments):
                findings.append(finding)
    findings.sort(key=lambda f: (f.span, f.code))
    return Checked(tuple(findings), tuple(errors))


def find_rule(name: str) -> type[Rule] | None:
    """The rule with this code or slug, in any case."""
    wanted = name.strip().upper()
    return next((r for r in RULES if wanted in (r.code.upper(), r.slug.upper())), None)


def explain(code: str) -> str:
    """The rule's page in Markdown, or one sentence that lists the known codes."""
    rule = find_rule(code)
    if rule is None:
        return f"There is no rule {code}; the rules are {', '.join(r.code for r in RULES)}."
    return rule.page()
