"""The check of one file, in whichever process it happens: a task in, plain values out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from cst_tools.rules import check_with_errors
from cst_tools.script import Script
from cst_tools.types import Finding, FixClass, Severity
from mlestar.cli.check.fingerprints import fingerprint
from mlestar.cli.check.mending import mend
from mlestar.cli.check.options import Mend
from mlestar.cli.check.places import place_of, replacement
from mlestar.cli.check.results import RANK, Also, FileResult, Mending, Reported
from mlestar.cli.files import ScriptFile, UnreadableFile, decode_script, read_script


@dataclass(frozen=True)
class Task:
    """``name`` is the path as it is reported; ``data`` the content where it does not lie in a file."""

    name: str
    ignore: tuple[str, ...] = ()
    mend: Mend = Mend.NO
    classes: frozenset[FixClass] = frozenset({FixClass.SAFE})
    severity: Severity = Severity.INFORMATION
    data: bytes | None = None


def check_file(task: Task) -> FileResult:
    """Never raises for what a file may hold."""
    path = Path(task.name)
    try:
        file = read_script(path) if task.data is None else decode_script(path, task.data)
    except UnreadableFile as error:
        return FileResult(task.name, False, complaints=(str(error),))
    script = Script.parse(file.text, task.name)
    complaints: list[str] = []
    if script.problem is not None:
        # a notebook's broken cell is left out, and the other cells are checked
        state = "not checked" if script.tree is None else "checked in part"
        complaints.append(f"{task.name}: {state}: {script.problem.message}")
    if script.tree is None:
        return FileResult(task.name, False, complaints=tuple(complaints))
    fixed: tuple[str, ...] = ()
    diff, text = "", None
    if task.mend is not Mend.NO:
        mended = mend(file, script, task.ignore, task.classes, write=task.mend is Mend.WRITE and task.data is None)
        fixed, diff = mended.codes, mended.diff
        if mended.refused is not None:
            complaints.append(mended.refused)
        elif task.mend is Mend.WRITE:
            script, text = mended.script, mended.text if task.data is not None else None
    checked = check_with_errors(script, task.ignore)
    kept = [f for f in checked.findings if RANK[f.severity] <= RANK[task.severity]]
    return FileResult(
        task.name,
        True,
        tuple(_reported(task.name, script, finding) for finding in kept),
        tuple(_reported(task.name, script, s.finding, s.reason) for s in checked.suppressed),
        tuple(complaints),
        checked.errors,
        fixed,
        diff,
        text,
    )


def _reported(path: str, script: Script, finding: Finding, reason: str | None = None) -> Reported:
    fix = finding.fix
    return Reported(
        path,
        finding.code,
        finding.slug,
        finding.message,
        finding.severity,
        place_of(script, finding.span),
        tuple(Also(r.message, place_of(script, r.span)) for r in finding.related),
        None if fix is None else Mending(fix.title, fix.safety, tuple(replacement(script, e) for e in fix.edits)),
        fingerprint(script, finding),
        reason,
    )


def counted(codes: tuple[str, ...]) -> str:
    """``2 × L101, L302``."""
    return ", ".join(f"{count} × {code}" if count > 1 else code for code, count in sorted(Counter(codes).items()))


__all__ = ["ScriptFile", "Task", "check_file", "counted"]
