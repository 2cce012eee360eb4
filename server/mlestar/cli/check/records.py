"""The findings as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from mlestar.cli.check.results import FileResult, Reported, Shown


def records(results: Sequence[FileResult], *, show_suppressed: bool) -> list[dict[str, Any]]:
    return [
        _record(finding)
        for result in results
        for finding in (*result.reported, *(result.suppressed if show_suppressed else ()))
    ]


def _record(finding: Reported) -> dict[str, Any]:
    fix = finding.fix
    record: dict[str, Any] = {
        "path": finding.path,
        "code": finding.code,
        "rule": finding.slug,
        "severity": finding.severity.value,
        "message": finding.message,
        **_place(finding.place),
        "related": [{"message": also.message, **_place(also.place)} for also in finding.related],
        "fix": None
        if fix is None
        else {
            "title": fix.title,
            "safety": fix.safety.value,
            "edits": [{**asdict(r.region), "text": r.text} for r in fix.replacements],
        },
        "fingerprint": finding.fingerprint,
    }
    if finding.reason is not None:
        record["suppressed"] = {"reason": finding.reason}
    return record


def _place(place: Shown) -> dict[str, Any]:
    """The place as a person looks for it; ``file`` is where it lies in a notebook's JSON."""
    found: dict[str, Any] = {**asdict(place.at), "cell": place.cell}
    if place.cell is not None:
        found["file"] = asdict(place.file)
    return found
