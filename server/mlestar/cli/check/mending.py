"""``--fix`` and ``--diff`` for one file: the fixes, the difference they make, and the file written in one step."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cst_tools.magics import lines_of
from cst_tools.rules.fixing import fix_all
from cst_tools.script import Script
from cst_tools.types import FixClass
from mlestar.cli.files import ScriptFile, write_text


@dataclass(frozen=True)
class Mended:
    """``text`` is the file's new content; ``refused`` says why it was not written."""

    script: Script
    text: str
    codes: tuple[str, ...]
    diff: str
    refused: str | None = None


def mend(
    file: ScriptFile, script: Script, ignore: Collection[str], classes: Collection[FixClass], *, write: bool
) -> Mended:
    fixed = fix_all(script, ignore, classes)
    codes = tuple(finding.code for finding in fixed.applied)
    text = fixed.script.text if fixed.script.notebook is None else fixed.script.notebook.raw
    if not codes or text == file.text:
        return Mended(script, file.text, (), "")
    diff = "".join(_diff(str(file.path), script, fixed.script))
    refused = write_text(file, text) if write else None
    return Mended(fixed.script, text, codes if refused is None else (), diff, refused)


def _diff(path: str, old: Script, new: Script) -> Iterator[str]:
    """A unified diff; of a notebook one for each cell, for the JSON around it is nothing to read."""
    if not old.cells:
        yield from _unified(path, old.text, new.text)
        return
    for number, (before, after) in enumerate(zip(old.cells, new.cells, strict=True), start=1):
        yield from _unified(f"{path}:cell {number}", old.slice(before), new.slice(after))


def _unified(name: str, old: str, new: str) -> Iterator[str]:
    name = name.replace("\\", "/").removeprefix("./")
    old_lines, new_lines = list(lines_of(old)), list(lines_of(new))
    for line in difflib.unified_diff(old_lines, new_lines, f"a/{name}", f"b/{name}"):
        yield line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n"
