"""Findings: leakage and validity rules over a script's data flow.

`check` is what everybody calls. It never raises: a failure inside one rule leaves the others' findings standing
and is visible to who asks `check_with_errors`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import lru_cache

from cst_tools.pauses import without_collection
from cst_tools.rules.cell_order import CellsRunOutOfOrder
from cst_tools.rules.checkpoint import CheckpointByTest
from cst_tools.rules.claims import ScoreNotAsClaimed
from cst_tools.rules.duplicates import DuplicatesAcrossSplit
from cst_tools.rules.early_stopping import EarlyStoppingOnTest
from cst_tools.rules.embargo import MissingGap
from cst_tools.rules.fitted import (
    ImputerBeforeSplit,
    StatisticBeforeSplit,
    TransformerBeforeSplit,
    VocabularyBeforeSplit,
)
from cst_tools.rules.future import FutureInFeatures
from cst_tools.rules.groups import GroupsSplitApart
from cst_tools.rules.mixed_rows import AugmentationBeforeSplit, ConcatenatedThenFitted, ResamplingBeforeSplit
from cst_tools.rules.nested_choice import NestedChoice
from cst_tools.rules.outcome import TargetDerivedFeature
from cst_tools.rules.outside_folds import PreprocessingOutsideFolds
from cst_tools.rules.overlap import Overlap
from cst_tools.rules.refit import RefitOnTest
from cst_tools.rules.rule import Context, Rule
from cst_tools.rules.stacking import StackingInSample
from cst_tools.rules.supervised import SelectionBeforeSplit, TargetEncodingBeforeSplit
from cst_tools.rules.suppression import Suppressed, Suppressions
from cst_tools.rules.target import TargetAmongFeatures
from cst_tools.rules.threshold import ThresholdOnTest
from cst_tools.rules.time_split import RandomSplitOfSeries
from cst_tools.rules.training_on_test import TrainingOnTest
from cst_tools.rules.training_scored import TrainingRowsScored
from cst_tools.rules.tuning import TuningOnTest
from cst_tools.rules.unused import UnusedSuppression, unused
from cst_tools.rules.verify import MAX_LINES, Verifier
from cst_tools.script import Script
from cst_tools.types import Finding, Fix, Span

__all__ = ["NOTES", "RULES", "Checked", "Rule", "check", "check_with_errors", "codes", "explain", "find_rule"]

RULES: tuple[type[Rule], ...] = (
    TransformerBeforeSplit,
    ImputerBeforeSplit,
    VocabularyBeforeSplit,
    StatisticBeforeSplit,
    SelectionBeforeSplit,
    TargetEncodingBeforeSplit,
    ConcatenatedThenFitted,
    ResamplingBeforeSplit,
    AugmentationBeforeSplit,
    RefitOnTest,
    PreprocessingOutsideFolds,
    TrainingRowsScored,
    Overlap,
    DuplicatesAcrossSplit,
    TrainingOnTest,
    TuningOnTest,
    EarlyStoppingOnTest,
    CheckpointByTest,
    ThresholdOnTest,
    NestedChoice,
    StackingInSample,
    TargetAmongFeatures,
    TargetDerivedFeature,
    RandomSplitOfSeries,
    FutureInFeatures,
    MissingGap,
    GroupsSplitApart,
    ScoreNotAsClaimed,
)

NOTES: tuple[type[Rule], ...] = (UnusedSuppression, CellsRunOutOfOrder)
"""Hints about the file rather than its program: nothing that a rewrite could be blamed for."""

MAX_VERIFIED_FIXES = 8
"""A fix costs a second analysis: past this many in one file, findings come without."""


@dataclass(frozen=True)
class Checked:
    """``errors`` are failures of our own, one line each with the rule's code, for the log."""

    findings: tuple[Finding, ...]
    errors: tuple[str, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()


def check(script: Script, ignore: Collection[str] = ()) -> tuple[Finding, ...]:
    """All findings in order of place. ``ignore`` holds codes or slugs to leave out. Never raises."""
    return check_with_errors(script, ignore).findings


def check_with_errors(script: Script, ignore: Collection[str] = ()) -> Checked:
    """As `check`, with what went wrong inside the rules. Never raises."""
    if script.project is not None and script.project.has_modules(script.text):
        return _checked(script, ignore, fixes=True)  # another file may have changed since
    return _cached(_Key(script.text, script.masked, frozenset(ignore), script.cells, script.execution_counts, script))


@dataclass(frozen=True)
class _Key:
    """The same text asked about again (another feature of the editor, a gate) costs nothing."""

    text: str
    masked: str
    ignore: frozenset[str]
    cells: tuple[Span, ...]
    counts: tuple[int | None, ...]
    script: Script = field(compare=False)


@lru_cache(maxsize=2)  # each holds a tree
def _cached(key: _Key) -> Checked:
    return _checked(key.script, key.ignore, fixes=True)


def _checked(script: Script, ignore: Collection[str], *, fixes: bool) -> Checked:
    if script.tree is None:
        return Checked(())
    with without_collection():
        return check_context(Context(script, script.tree), ignore, fixes=fixes)


def check_context(context: Context, ignore: Collection[str] = (), *, fixes: bool, notes: bool | None = None) -> Checked:
    """The findings in a script whose flow may be known already; with fixes, which cost far more, or without.

    ``notes``: with the hints about the file too; None means as with ``fixes``. Never raises.
    """
    script = context.script
    ignored = {name.upper() for name in ignore}
    comments = Suppressions(script)
    findings: list[Finding] = []
    try:
        errors = list(context.flow.failures)
    except Exception as error:
        return Checked((), (f"flow: {type(error).__name__}: {error}",))
    ran: set[str] = set()
    for rule in RULES:
        if rule.code.upper() in ignored or rule.slug.upper() in ignored:
            continue
        try:
            found = list(rule().check(context))
        except Exception as error:  # one broken rule must not silence the others
            errors.append(f"{rule.code}: {type(error).__name__}: {error}")
            continue
        ran.add(rule.code)
        findings += [finding for finding in found if not comments.takes(finding)]
    findings.sort(key=lambda f: (f.span, f.code))
    if fixes:
        findings = _with_fixes(context, findings, errors, ignore)
    if fixes if notes is None else notes:
        complete = script.problem is None and not errors
        findings += _notes(context, comments, ran if complete else None, ignored)
        findings.sort(key=lambda f: (f.span, f.code))
    return Checked(tuple(findings), tuple(errors), tuple(comments.suppressed))


def _notes(context: Context, comments: Suppressions, ran: set[str] | None, ignored: set[str]) -> list[Finding]:
    """Hints about the file. ``ran``: codes of the rules that were asked; None: comments cannot be judged by them."""
    found: list[Finding] = []
    if not ignored & {CellsRunOutOfOrder.code, CellsRunOutOfOrder.slug.upper()}:
        found += CellsRunOutOfOrder().check(context)
    if ran is not None and comments.all and not ignored & {UnusedSuppression.code, UnusedSuppression.slug.upper()}:
        found += unused(comments, ran, codes())
    return [finding for finding in found if not comments.takes(finding)]


def _with_fixes(context: Context, findings: list[Finding], errors: list[str], ignore: Collection[str]) -> list[Finding]:
    """Each finding with its fix, where a second analysis finds that the fix clears it and adds none."""
    result = []
    verified = 0
    verifier: Verifier | None = None
    too_long = context.script.index.count > MAX_LINES
    for finding in findings:
        fix: Fix | None = None
        if verified < MAX_VERIFIED_FIXES and not too_long:
            try:
                fix = _proposed(context, finding)
                if fix is not None and fix.edits:
                    verified += 1
                    verifier = verifier or Verifier(context.script, ignore)
                    fix = fix if verifier.clears(finding, fix, findings) else _advised(context, finding)
            except Exception as error:
                errors.append(f"{finding.code} fix: {type(error).__name__}: {error}")
                fix = None
        result.append(replace(finding, fix=fix) if fix is not None else finding)
    return result


def fix_of(
    context: Context,
    finding: Finding,
    findings: Collection[Finding],
    ignore: Collection[str] = (),
    verifier: Verifier | None = None,
) -> Fix | None:
    """The fix of one of the ``findings`` of a script, where a second analysis says that it clears it and adds none.

    ``verifier``: one of this very script, if there is one already. Raises what the rule raises.
    """
    if finding.fix is not None:  # that of a note needs no analysis
        return finding.fix
    fix = _proposed(context, finding)
    if fix is None or not fix.edits:
        return fix
    verifier = verifier or Verifier(context.script, ignore)
    return fix if verifier.clears(finding, fix, findings) else _advised(context, finding)


def _proposed(context: Context, finding: Finding) -> Fix | None:
    rule = find_rule(finding.code)
    fix = rule().fix(context, finding, context.places.get(finding)) if rule is not None else None
    return fix if fix is not None else _advised(context, finding)


def _advised(context: Context, finding: Finding) -> Fix | None:
    rule = find_rule(finding.code)
    return rule().advise(context, finding, context.places.get(finding)) if rule is not None else None


def find_rule(name: str) -> type[Rule] | None:
    """The rule with this code or slug, in any case."""
    wanted = name.strip().upper()
    return next((r for r in (*RULES, *NOTES) if wanted in (r.code.upper(), r.slug.upper())), None)


def codes() -> dict[str, str]:
    """The code of each rule and note, by its code and its slug, both in upper case."""
    return {name.upper(): rule.code for rule in (*RULES, *NOTES) for name in (rule.code, rule.slug)}


def explain(code: str) -> str:
    """The rule's page in Markdown, or one sentence that lists the known codes."""
    rule = find_rule(code)
    if rule is None:
        return f"There is no rule {code}; the rules are {', '.join(r.code for r in (*RULES, *NOTES))}."
    return rule.page()
