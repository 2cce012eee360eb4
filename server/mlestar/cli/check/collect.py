"""Which files are checked, each with the settings of its own project."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from mlestar.cli.check.codes import left_out, resolved
from mlestar.cli.check.one import Task
from mlestar.cli.check.options import STDIN, Options, WrongUse
from mlestar.cli.files import scripts_in
from mlestar.config import Settings, from_pyproject, ignored_in, matches


class Projects:
    """The settings of the project that a file belongs to, read once a folder. ``warnings``: what does not fit."""

    def __init__(self) -> None:
        self._of: dict[Path, Settings] = {}
        self.warnings: dict[str, None] = {}

    def settings(self, path: Path) -> Settings:
        folder = path.absolute().parent
        found = self._of.get(folder)
        if found is None:
            found = self._of[folder] = from_pyproject(folder)
            self.warnings.update(dict.fromkeys(found.warnings))
        return found

    def excluded(self, path: Path) -> bool:
        settings = self.settings(path)
        return any(matches(path, pattern, settings.folder or path.parent) for pattern in settings.exclude)


def tasks(paths: Sequence[Path], options: Options, projects: Projects) -> list[Task]:
    """One task a file, in the order of the paths. Raises WrongUse where they make no sense."""
    select = resolved(options.select, "--select")
    ignore = resolved(options.ignore, "--ignore")

    def task(name: str, path: Path, data: bytes | None = None) -> Task:
        of_path = _known(ignored_in(path, projects.settings(path)), projects)
        out = tuple(sorted(left_out(select, ignore | of_path)))
        return Task(name, out, options.mend, options.classes, options.severity, data)

    if STDIN in paths:
        if len(paths) > 1:
            raise WrongUse("- stands for standard input and cannot be checked together with files")
        name = options.stdin_filename or Path("stdin.py")
        return [task(str(name), name, sys.stdin.buffer.read())]
    if options.stdin_filename is not None:
        raise WrongUse("--stdin-filename names what comes on standard input: give - as the path")
    files = scripts_in(paths, projects.excluded)
    if not files:
        raise WrongUse("no .py or .ipynb files here; name a training script")
    return [task(str(path), path) for path in files]


def _known(names: Sequence[str], projects: Projects) -> frozenset[str]:
    """The codes that settings name; a word that is none is told, and stops nothing."""
    found: set[str] = set()
    for name in names:
        try:
            found |= resolved((name,), "[tool.mlestar]")
        except WrongUse as error:
            projects.warnings[str(error)] = None
    return frozenset(found)
