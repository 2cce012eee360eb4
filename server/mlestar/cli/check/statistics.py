"""How often each rule found something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from mlestar.cli.check.results import FileResult


def counts(results: Sequence[FileResult]) -> list[dict[str, Any]]:
    """The most frequent rule first."""
    findings = [finding for result in results for finding in result.reported]
    number = Counter((f.code, f.slug) for f in findings)
    files = Counter(key for result in results for key in {(f.code, f.slug) for f in result.reported})
    fixes = Counter((f.code, f.slug) for f in findings if f.fix is not None and f.fix.replacements)
    return [
        {"code": key[0], "rule": key[1], "count": count, "files": files[key], "fixable": fixes[key]}
        for key, count in sorted(number.items(), key=lambda item: (-item[1], item[0]))
    ]


def report(results: Sequence[FileResult], out: Console) -> None:
    rows = counts(results)
    if not rows:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("code", "rule"):
        table.add_column(title)
    for title in ("findings", "files", "with a fix"):
        table.add_column(title, justify="right")
    for row in rows:
        table.add_row(row["code"], row["rule"], str(row["count"]), str(row["files"]), str(row["fixable"]))
    out.print(table)
