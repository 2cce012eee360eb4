"""`mlestar check` and `mlestar blocks`: what is found without running anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from cst_tools.analysis import Analysis, analyse
from cst_tools.rules import check
from cst_tools.script import Script
from cst_tools.types import Finding, Severity, Span
from mlestar.cli import exits, show
from mlestar.cli.files import UnreadableFile, read_script, scripts_in
from mlestar.config import Settings
from mlestar.serialize import dumps_strict, to_data

COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFORMATION: "cyan"}


@dataclass(frozen=True)
class Place:
    """1-based line and column in code points, as compilers print them; ``cell`` is a notebook's 1-based code cell."""

    line: int
    column: int
    cell: int | None = None


def place_of(script: Script, span: Span) -> Place:
    for number, cell in enumerate(script.cells, start=1):
        if cell.start <= span.start <= cell.end:
            line = script.index.line_of(span.start) - script.index.line_of(cell.start)
            return Place(line + 1, _column(script, span), number)
    return Place(script.index.line_of(span.start) + 1, _column(script, span))


def _column(script: Script, span: Span) -> int:
    return span.start - script.index.line_span(script.index.line_of(span.start)).start + 1


def run_check(paths: list[Path], settings: Settings, *, as_json: bool, out: Console, err: Console) -> int:
    records: list[dict[str, Any]] = []
    unreadable: list[Path] = []
    count = 0
    files = scripts_in(paths)
    if not files:
        err.print("no .py or .ipynb files here; name a training script", markup=False)
        return exits.USAGE
    for path in files:
        try:
            file = read_script(path)
        except UnreadableFile as error:
            err.print(str(error), markup=False, highlight=False)
            unreadable.append(path)
            continue
        script = Script.parse(file.text, str(path))
        if script.problem is not None:
            # a notebook's broken cell is left out, and the other cells are checked
            state = "not checked" if script.tree is None else "checked in part"
            err.print(f"{path}: {state}: {script.problem.message}", markup=False, highlight=False)
        if script.tree is None:
            unreadable.append(path)
            continue
        for finding in check(script, settings.ignore):
            count += 1
            if as_json:
                records.append(_record(path, script, finding))
            else:
                _print(out, path, script, finding)
    if as_json:
        out.print(dumps_strict(records), markup=False, highlight=False, soft_wrap=True)
    else:
        out.print(_summary(count, len(files) - len(unreadable), len(unreadable)), highlight=False)
    if count:
        return exits.FINDINGS
    # what was named must have been checked; a stray file in a folder is told and passed over
    return exits.USAGE if len(unreadable) == len(files) or set(unreadable) & set(paths) else exits.OK


def _summary(count: int, checked: int, unreadable: int) -> str:
    found = f"{count or 'No'} finding{'' if count == 1 else 's'} in {checked} file{'' if checked == 1 else 's'}"
    rest = f"{unreadable} file{'' if unreadable == 1 else 's'} could not be checked"
    if not checked:
        return f"{rest.capitalize()}."
    return f"{found}; {rest}." if unreadable else f"{found}."


def _print(out: Console, path: Path, script: Script, finding: Finding) -> None:
    text = Text(_where(path, place_of(script, finding.span)), style="bold")
    text.append(f" {finding.code}", style=COLOURS[finding.severity])
    text.append(f" {finding.message}", style="not bold")
    out.print(text, soft_wrap=True)
    for related in finding.related:
        out.print(
            Text(f"    {_where(path, place_of(script, related.span))} {related.message}", style="dim"), soft_wrap=True
        )
    if finding.fix is not None:
        out.print(Text(f"    fix ({finding.fix.safety.value}): {finding.fix.title}", style="green"), soft_wrap=True)


def _where(path: Path, place: Place) -> str:
    cell = f"cell {place.cell}:" if place.cell is not None else ""
    return f"{path}:{cell}{place.line}:{place.column}:"


def _record(path: Path, script: Script, finding: Finding) -> dict[str, Any]:
    return {
        "path": str(path),
        "code": finding.code,
        "rule": finding.slug,
        "severity": finding.severity.value,
        "message": finding.message,
        **to_data(place_of(script, finding.span)),
        "related": [{"message": r.message, **to_data(place_of(script, r.span))} for r in finding.related],
        "fix": None if finding.fix is None else {"title": finding.fix.title, "safety": finding.fix.safety.value},
    }


def run_blocks(path: Path, settings: Settings, *, as_json: bool, out: Console, err: Console) -> int:
    try:
        file = read_script(path)
    except UnreadableFile as error:
        err.print(str(error), markup=False, highlight=False)
        return exits.USAGE
    analysis = analyse(Script.parse(file.text, str(path)), roles=settings.roles, objective=settings.objective)
    if as_json:
        out.print(dumps_strict(_blocks_record(path, analysis)), markup=False, highlight=False, soft_wrap=True)
    for problem in analysis.problems:
        place = place_of(analysis.script, problem.span)
        err.print(f"{_where(path, place)} {problem.message}", markup=False, highlight=False)
    if analysis.script.problem is not None and not analysis.blocks:
        return exits.USAGE
    if not as_json:
        out.print(show.blocks_table(analysis))
        out.print()
        out.print(show.objective_text(analysis.objective, analysis.no_objective_reason))
    return exits.OK


def _blocks_record(path: Path, analysis: Analysis) -> dict[str, Any]:
    return {
        "path": str(path),
        "blocks": [
            {
                "id": block.id,
                "title": block.title,
                "role": block.role.value,
                "kind": block.kind.value,
                "container": block.container,
                "first_line": block.first_line + 1,
                "last_line": block.last_line + 1,
                "protected": block.protected,
                "defines": block.defines,
                "reads": block.reads,
                "reason": block.reason,
            }
            for block in analysis.blocks
        ],
        "objective": to_data(analysis.objective),
        "objectives": to_data(analysis.objectives),
        "no_objective_reason": analysis.no_objective_reason,
        "problems": to_data(analysis.problems),
    }
