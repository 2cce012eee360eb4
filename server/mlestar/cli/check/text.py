"""The findings as lines for a person, and the sentence at the end."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from cst_tools.types import Severity
from mlestar.cli.check.one import counted
from mlestar.cli.check.places import where
from mlestar.cli.check.results import FileResult, Reported, Shown

COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFORMATION: "cyan"}


def report(results: Sequence[FileResult], out: Console, *, show_suppressed: bool) -> None:
    for result in results:
        both = [*result.reported, *(result.suppressed if show_suppressed else ())]
        for finding in sorted(both, key=lambda f: (f.place.file.line, f.place.file.column, f.code)):
            _print(finding, out)


def _print(finding: Reported, out: Console) -> None:
    text = Text(_at(finding.path, finding.place), style="bold")
    text.append(f" {finding.code}", style=COLOURS[finding.severity])
    text.append(f" {finding.message}", style="not bold")
    out.print(text, soft_wrap=True)
    for also in finding.related:
        out.print(Text(f"    {_at(finding.path, also.place)} {also.message}", style="dim"), soft_wrap=True)
    if finding.reason is not None:
        out.print(Text(f"    suppressed: {finding.reason or 'no reason given'}", style="dim"), soft_wrap=True)
    elif finding.fix is not None:
        out.print(Text(f"    fix ({finding.fix.safety.value}): {finding.fix.title}", style="green"), soft_wrap=True)


def _at(path: str, place: Shown) -> str:
    return where(path, place.at, place.cell)


def summary(results: Sequence[FileResult]) -> str:
    """``2 findings and 1 hint in 3 files; 1 file could not be checked.``"""
    findings = [finding for result in results for finding in result.reported]
    hints = sum(finding.severity is Severity.INFORMATION for finding in findings)
    count = len(findings) - hints
    checked = sum(result.checked for result in results)
    found = _number(count, "finding") if count else "No findings"
    if hints:
        found = f"{found} and {_number(hints, 'hint')}" if count else f"No findings, {_number(hints, 'hint')}"
    parts = [f"{found} in {_number(checked, 'file')}"] if checked else []
    if suppressed := sum(len(result.suppressed) for result in results):
        parts.append(f"{suppressed} suppressed")
    if unreadable := len(results) - checked:
        parts.append(f"{_number(unreadable, 'file')} could not be checked")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def mended(results: Sequence[FileResult], *, written: bool) -> str | None:
    """``Fixed 3 findings in 2 files (2 × L101, S001).``"""
    codes = tuple(code for result in results for code in result.fixed)
    if not codes:
        return None
    files = _number(sum(bool(result.fixed) for result in results), "file")
    verb = "Fixed" if written else "Would fix"
    return f"{verb} {_number(len(codes), 'finding')} in {files} ({counted(codes)})."


def fixes_left(results: Sequence[FileResult]) -> str | None:
    """A word on ``--fix`` where it would help."""
    from cst_tools.types import FixClass

    offered = [f.fix.safety for r in results for f in r.reported if f.fix is not None and f.fix.replacements]
    safe = sum(safety is FixClass.SAFE for safety in offered)
    review = sum(safety is FixClass.REVIEW for safety in offered)
    parts = [f"{safe} with --fix"] if safe else []
    if review:
        parts.append(f"{review} with --fix --unsafe-fixes, to be read afterwards")
    return f"Can be fixed: {'; '.join(parts)}." if parts else None


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
