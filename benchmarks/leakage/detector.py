"""Our detector over labelled files: alarms, CPU time, failures."""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks.leakage.labels import Labelled, quiet_parse
from benchmarks.leakage.scoring import Alarm, Outline, Scored, score
from cst_tools.rules import check_with_errors
from cst_tools.script import Script
from cst_tools.types import Finding, Severity, Span


@dataclass(frozen=True)
class Judged:
    file: Labelled
    script: Script
    alarms: list[Alarm]
    scored: Scored
    seconds: float
    errors: tuple[str, ...]


def judge(file: Labelled) -> Judged:
    """Findings of severity information are hints: no alarms."""
    start = time.process_time()
    script = quiet_parse(file.text, file.path)
    checked = check_with_errors(script)
    seconds = time.process_time() - start
    alarms = [_alarm(script, f) for f in checked.findings if f.severity is not Severity.INFORMATION]
    return Judged(file, script, alarms, score(file.labels, alarms, Outline(script.tree)), seconds, checked.errors)


def _alarm(script: Script, finding: Finding) -> Alarm:
    related = tuple(_lines(script, other.span) for other in finding.related)
    return Alarm(finding.code, _lines(script, finding.span), related, finding.message)


def _lines(script: Script, span: Span) -> tuple[int, int]:
    last = max(span.start, span.end - 1)
    return script.index.line_of(span.start) + 1, script.index.line_of(last) + 1
