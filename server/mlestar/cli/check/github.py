"""The findings as annotations of GitHub's workflow commands: ``::error file=...,line=...::message``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from cst_tools.types import Severity
from mlestar.cli.check.results import FileResult, Reported

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "notice"}


def commands(results: Sequence[FileResult]) -> Iterator[str]:
    for result in results:
        for finding in result.reported:
            yield _annotation(finding)


def _annotation(finding: Reported) -> str:
    region = finding.place.file
    properties = {"file": path_in_checkout(finding.path), "line": region.line, "endLine": region.end_line}
    if region.line == region.end_line:  # columns of several lines are refused
        properties |= {"col": region.column, "endColumn": max(region.end_column, region.column)}
    properties["title"] = f"{finding.code} {finding.slug}"
    cell = f"Cell {finding.place.cell}, line {finding.place.at.line}: " if finding.place.cell is not None else ""
    words = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {words}::{_data(cell + finding.message)}"


def path_in_checkout(name: str) -> str:
    """The path from the checkout's root, as the annotations of a pull request need it; with ``/``."""
    root = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())
    path = Path(os.path.abspath(name))  # noqa: PTH100 - links are kept
    try:
        return path.relative_to(os.path.abspath(root)).as_posix()  # noqa: PTH100
    except ValueError:
        return path.as_posix()


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
