"""Modules of the same project: found beside the script, read, and followed as far as the script uses them.

Most leaks of grown projects sit in helpers (``from features import prepare``). Only source files below the project's
root are read; nothing is imported or run.
"""

from __future__ import annotations

import ast
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cst_tools.flow.scopes import Scope
from cst_tools.flow.tracking import Store
from cst_tools.flow.units import Unit, chunks_of
from cst_tools.flow.values import Kind, Value

if TYPE_CHECKING:
    from cst_tools.flow.interpreter import Interpreter

MAX_MODULES = 24
MAX_SIZE = 400_000
"""Bytes; a bigger file is data."""
_ROOTS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
_MAX_UP = 4
_IMPORTED = re.compile(r"^[ \t]*(?:from[ \t]+(\.*[\w.]*)[ \t]+)?import[ \t(]+([\w., \t*]+)", re.M)
_WORD = re.compile(r"[\w.]+")

Stamp = tuple[str, int, int]
"""(path, time of the last change in ns, size)"""


@lru_cache(maxsize=256)
def _search_path(here: Path) -> tuple[Path, ...]:
    """The script's folder, as Python has it, then the folders above up to the project's root, and their ``src``."""
    folder, found = here, [here]
    for _ in range(_MAX_UP):
        if any((folder / name).exists() for name in _ROOTS) or folder.parent == folder:
            if (folder / "src").is_dir():
                found.append(folder / "src")
            break
        folder = folder.parent
        if any((folder / name).exists() for name in _ROOTS):
            found.append(folder)
    return tuple(found)


class Project:
    """Where the modules that a script imports may lie."""

    def __init__(self, script: Path) -> None:
        self._here = script.resolve().parent
        self._found: dict[str, Path | None] = {}

    def forget(self) -> None:
        """Look for every module again: files come and go."""
        self._found = {}

    def find(self, name: str) -> Path | None:
        """The file of a module: ``a.b``, or ``.b`` relative to the script."""
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def _find(self, name: str) -> Path | None:
        level = len(name) - len(name.lstrip("."))
        parts = [part for part in name.lstrip(".").split(".") if part]
        if not parts or not all(part.isidentifier() for part in parts):
            return None
        folders = _search_path(self._here)
        if level:
            folder = self._here
            for _ in range(level - 1):
                folder = folder.parent
            folders = (folder,)
        below = "/".join(parts)
        for folder in folders:
            for candidate in (f"{folder}/{below}.py", f"{folder}/{below}/__init__.py"):
                if os.access(candidate, os.R_OK):  # a third of the cost of Path.is_file, and asked for every import
                    return Path(candidate)
        return None

    def has_modules(self, text: str) -> bool:
        """Whether ``text`` seems to import a module of the project."""
        names: set[str] = set()
        for match in _IMPORTED.finditer(text):
            module, members = match[1], _WORD.findall(match[2])
            if module is None:
                names.update(_WORD.findall(match[2]))
            else:
                names.update((module, *(f"{module.rstrip('.')}.{name}" for name in members)))
        return any(self.find(name) is not None for name in names)


def stamp_of(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return (str(path), status.st_mtime_ns, status.st_size)


class Module:
    """A module of the project as one interpreter follows it."""

    def __init__(self, name: str, stamp: Stamp, tree: ast.Module, scope: Scope) -> None:
        self.stamp = stamp
        self.unit = Unit(name, chunks_of(tree))
        self.scope = scope
        scope.unit = self.unit


class Modules:
    """The modules that one interpreter has read. They are read again when their files change."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[str, Module] = {}
        self._files: dict[str, Stamp | None] = {}
        """By the names that were asked for."""
        self._ready: set[str] = set()
        """Followed in this run, or being followed: modules may import each other."""

    def begin(self, m: Interpreter) -> None:
        """A new run: look whether files have changed, so that what came of them is followed again."""
        self._ready = set()
        if self._files:
            self._project.forget()
        self._files = {name: self._look(name) for name in self._files}
        m.files.layers[0].update(self._files)

    def _look(self, name: str) -> Stamp | None:
        path = self._project.find(name)
        return stamp_of(path) if path is not None else None

    def value(self, m: Interpreter, name: str) -> Value | None:
        """The module of that name; None when it is none of the project."""
        module = self._load(m, name)
        return None if module is None else Value(Kind.MODULE, name=name)

    def member(self, m: Interpreter, name: str, member: str) -> Value | None:
        """``name.member``: what the module binds, or a module below it; None when there is neither."""
        module = self._load(m, name)
        if module is not None:
            found: Value | None = module.scope.names.get(member)
            if found is not None:
                return found
        return self.value(m, f"{name}.{member}" if not name.endswith(".") else f"{name}{member}")

    def members(self, m: Interpreter, name: str) -> dict[str, Value]:
        """All that ``from name import *`` brings."""
        module = self._load(m, name)
        if module is None or not isinstance(module.scope.names, Store):
            return {}
        names = [key for key in module.scope.names.layers[0] if not key.startswith("_")]
        return {key: module.scope.names[key] for key in names}

    def _load(self, m: Interpreter, name: str) -> Module | None:
        if name not in self._files:
            self._files[name] = m.files.layers[0][name] = self._look(name)
        m.files.read(name)
        stamp = self._files[name]
        if stamp is None or stamp[2] > MAX_SIZE:
            return None
        key = stamp[0]
        module = self._known.get(key)
        if module is None or module.stamp != stamp:
            if len(self._known) >= MAX_MODULES and module is None:
                return None
            tree = _parsed(Path(key))
            if tree is None:
                return None
            scope = Scope(Store(m.tracker, key))
            module = self._known[key] = Module(Path(key).name, stamp, tree, scope)
        if key not in self._ready:
            self._ready.add(key)
            m.follow_module(module)
        return module


def _parsed(path: Path) -> ast.Module | None:
    from cst_tools.script import parse_source  # that module knows nothing of the flow

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return parse_source(text)[0]
