"""All fixes of a script at once: those that do not touch each other, again until none is left, each step verified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cst_tools.edits import apply_edits
from cst_tools.rules import NOTES, check_with_errors
from cst_tools.script import Script
from cst_tools.types import Edit, Finding, Fix, FixClass, Span

SAFE = frozenset({FixClass.SAFE})
MAX_ROUNDS = 10
"""A fix may uncover another one; a script that needs more rounds than this is left where it is then."""
_NOTES = frozenset(note.code for note in NOTES)


@dataclass(frozen=True)
class Fixed:
    """``script`` after the fixes of ``applied``, the findings that went, in order."""

    script: Script
    applied: tuple[Finding, ...]


def fix_all(
    script: Script,
    ignore: Collection[str] = (),
    classes: Collection[FixClass] = SAFE,
    only: str | None = None,
) -> Fixed:
    """The script with every fix of these classes that can be applied; ``only`` those of one code.

    A step is taken where the result parses, the findings it is for are fewer and no other has come. Never raises.
    """
    applied: list[Finding] = []
    for _ in range(MAX_ROUNDS):
        chosen = list(_applicable(script, ignore, classes, only))
        step = _stepped(script, ignore, chosen)
        if step is None and len(chosen) > 1:  # one of them spoils it: the first that goes alone
            step, chosen = next(
                ((after, [one]) for one in chosen if (after := _stepped(script, ignore, [one])) is not None), (None, [])
            )
        if step is None:
            break
        script = step
        applied += chosen
    return Fixed(script, tuple(applied))


def fixable(finding: Finding, classes: Collection[FixClass] = SAFE) -> bool:
    return finding.fix is not None and bool(finding.fix.edits) and finding.fix.safety in classes


def _applicable(
    script: Script, ignore: Collection[str], classes: Collection[FixClass], only: str | None
) -> Iterator[Finding]:
    taken: list[Span] = []
    for finding in check_with_errors(script, ignore).findings:
        if finding.fix is None or not fixable(finding, classes) or only not in (None, finding.code):
            continue
        spans = [edit.span for edit in finding.fix.edits]
        if any(_touch(a, b) for a in spans for b in taken) or not _within_cells(script, finding.fix):
            continue
        taken += spans
        yield finding


def _touch(a: Span, b: Span) -> bool:
    return a.start <= b.end and b.start <= a.end


def _within_cells(script: Script, fix: Fix) -> bool:
    return not script.cells or all(script.cell_of(edit.span) is not None for edit in fix.edits)


def _stepped(script: Script, ignore: Collection[str], chosen: list[Finding]) -> Script | None:
    """The script after the fixes of ``chosen``; None where that would be no improvement."""
    edits: list[Edit] = [edit for finding in chosen if finding.fix is not None for edit in finding.fix.edits]
    if not edits:
        return None
    after = script.with_text(apply_edits(script.text, edits), edits)
    if after.tree is None or (after.problem is None) != (script.problem is None):
        return None
    if (after.notebook is None) != (script.notebook is None):  # it would not be read again as these cells
        return None
    before, now = check_with_errors(script, ignore), check_with_errors(after, ignore)
    then, left = Counter(f.code for f in before.findings), Counter(f.code for f in now.findings)
    if len(now.errors) > len(before.errors) or any(left[code] > then[code] for code in left if code not in _NOTES):
        return None
    return after if all(left[finding.code] < then[finding.code] for finding in chosen) else None
