"""`mlestar blocks`: the parts of a script and its objective, without running anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console

from cst_tools.analysis import Analysis, analyse
from cst_tools.script import Script
from mlestar.cli import exits, show
from mlestar.cli.check.places import shown, where
from mlestar.cli.files import UnreadableFile, read_script
from mlestar.config import Settings
from mlestar.serialize import dumps_strict, to_data


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
        place = where(str(path), *shown(analysis.script, problem.span))
        err.print(f"{place} {problem.message}", markup=False, highlight=False)
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
