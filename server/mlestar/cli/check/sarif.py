"""The findings as SARIF 2.1.0, for code scanning: rules with their pages, places in the file, fixes, fingerprints."""

from __future__ import annotations

import inspect
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cst_tools.rules import NOTES, RULES, Rule
from cst_tools.types import Severity
from mlestar import __version__
from mlestar.cli.check.baseline import occurrences
from mlestar.cli.check.results import FileResult, Region, Reported, Shown
from mlestar.rule_pages import page_of

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "note"}
_ROOT = "%SRCROOT%"


def log(results: Sequence[FileResult], *, show_suppressed: bool) -> dict[str, Any]:
    findings = [f for r in results for f in (*r.reported, *(r.suppressed if show_suppressed else ()))]
    rules = [_rule(rule) for rule in (*RULES, *NOTES)]
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    made = [
        _result(finding, numbers[finding.code], number, suppressions=show_suppressed)
        for finding, number in zip(findings, occurrences(findings), strict=True)
    ]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "mlestar", "semanticVersion": __version__, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {_ROOT: {"uri": Path.cwd().as_uri().rstrip("/") + "/"}},
                "invocations": [
                    {
                        "executionSuccessful": not any(result.failed for result in results),
                        "toolExecutionNotifications": [
                            {"level": "warning", "message": {"text": words}}
                            for result in results
                            for words in (*result.complaints, *result.errors)
                        ],
                    }
                ],
                "results": made,
            }
        ],
    }


def _rule(rule: type[Rule]) -> dict[str, Any]:
    page = rule.page()
    summary = inspect.cleandoc(rule.__doc__ or "").partition("\n")[0]
    described: dict[str, Any] = {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.slug.split("-")),
        "shortDescription": {"text": summary},
        "fullDescription": {"text": summary},
        "help": {"text": page, "markdown": page},
        "properties": {"tags": ["machine-learning", "data-leakage"], "slug": rule.slug},
    }
    written = page_of(rule.code)
    if written is not None:
        described["helpUri"] = written.absolute().as_uri()
    return described


def _result(finding: Reported, rule: int, number: int, *, suppressions: bool) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(finding.path, finding.place)],
        "partialFingerprints": {"statement/v1": f"{finding.fingerprint}:{number}"},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": n, "message": {"text": also.message}, **_location(finding.path, also.place)}
            for n, also in enumerate(finding.related)
        ]
    if finding.fix is not None and finding.fix.replacements:
        replacements = [
            {"deletedRegion": _region(r.region), "insertedContent": {"text": r.text}} for r in finding.fix.replacements
        ]
        changes = [{"artifactLocation": artifact(finding.path), "replacements": replacements}]
        described = f"{finding.fix.title} ({finding.fix.safety.value})"
        result["fixes"] = [{"description": {"text": described}, "artifactChanges": changes}]
    if suppressions:
        reason = {"justification": finding.reason} if finding.reason else {}
        result["suppressions"] = [] if finding.reason is None else [{"kind": "inSource", **reason}]
    return result


def _location(path: str, place: Shown) -> dict[str, Any]:
    found: dict[str, Any] = {"physicalLocation": {"artifactLocation": artifact(path), "region": _region(place.file)}}
    if place.cell is not None:
        found["logicalLocations"] = [{"name": f"cell {place.cell}, line {place.at.line}", "kind": "module"}]
    return found


def artifact(path: str) -> dict[str, Any]:
    """The file relative to the folder of the check where it lies in it, else its whole address."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - links are kept
    try:
        inside = absolute.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return {"uri": absolute.as_uri()}
    return {"uri": quote(os.fsencode(inside)), "uriBaseId": _ROOT}


def _region(region: Region) -> dict[str, int]:
    return {
        "startLine": region.line,
        "startColumn": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    }
