"""What the program takes itself for: its ``__main__``, ``sys.argv`` and ``sys.path``, as Python itself would set them.

Two ways of starting are imitated: ``python train.py`` and ``python -m pkg.train``. A file of a package with relative
imports only works the second way and is started so without being told.
"""

from __future__ import annotations

import builtins
import importlib.util
import os
import re
import sys
import types
from importlib.machinery import ModuleSpec, SourceFileLoader
from typing import Any, Optional

_kept: list[Any] = []
"""The bootstrap's own ``__main__``: its globals must live on when the user's module takes its name."""
_RELATIVE = re.compile(rb"^[ \t]*from[ \t]+\.", re.MULTILINE)


def package_of(script: str) -> "tuple[str, list[str]]":
    """The folder that holds the outermost package of ``script``, and the packages' names; no names when it has none."""
    folder, names = os.path.dirname(script), []  # type: str, list[str]
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        names.insert(0, name)
    return folder, names


def _root_of(script: str, module: str) -> str:
    """The folder from which ``module`` is found as ``script``, packages without ``__init__.py`` included."""
    parts = module.split(".")
    folder = os.path.dirname(script)
    if os.path.basename(script) == "__main__.py" and parts[-1] != "__main__":
        parts.append("__main__")
    for name in reversed(parts[:-1]):
        if os.path.basename(folder) != name:
            return folder
        folder = os.path.dirname(folder)
    return folder


def module_name(spec: dict[str, Any], text: bytes) -> Optional[str]:
    """``pkg.train`` when the program is to be started as a module, else None."""
    if spec.get("module"):
        return str(spec["module"])
    if not _RELATIVE.search(text):
        return None
    _, names = package_of(spec["script"])
    stem = os.path.splitext(os.path.basename(spec["script"]))[0]
    return ".".join([*names, stem]) if names else None


def set_paths(spec: dict[str, Any], text: bytes) -> None:
    """``sys.argv`` and the folders to import from. Folders that Python itself would not add come last."""
    script, module = spec["script"], module_name(spec, text)
    sys.argv = [script, *spec["arguments"]]
    root, names = package_of(script)
    first = [os.path.dirname(script)]
    if module:
        first = [spec["cwd"] if spec.get("module") else _root_of(script, module)]
    sys.path[:0] = first
    wanted = [spec["workspace"]]  # scripts meant to be started from the project's root import from it
    if names or module:
        wanted.insert(0, _root_of(script, module) if module else root)
    wanted += [os.path.join(spec["workspace"], "src")]
    sys.path += [folder for folder in wanted if folder not in sys.path and os.path.isdir(folder)]


def main_module(spec: dict[str, Any], text: bytes) -> types.ModuleType:
    """The user's ``__main__``, in place of ours. Imports the packages above it when it is started as a module."""
    script, name = spec["script"], module_name(spec, text)
    module = types.ModuleType("__main__")
    found = _module_spec(script, name) if name else None
    module.__dict__.update(
        {
            "__file__": script,
            "__builtins__": builtins,
            "__spec__": found,
            "__package__": found.parent if found else None,
            "__cached__": None,
            "__loader__": SourceFileLoader("__main__", script),  # `inspect` and `pkgutil` read sources through it
        }
    )
    _kept.append(sys.modules["__main__"])
    sys.modules["__main__"] = module
    return module


def _module_spec(script: str, name: str) -> ModuleSpec:
    """How the import system knows ``script``: processes started by `multiprocessing` find it again by this name."""
    full = name
    if os.path.basename(script) == "__main__.py" and not name.endswith("__main__"):
        full = name + ".__main__"
    found: Optional[ModuleSpec] = None
    try:
        found = importlib.util.find_spec(full)  # imports the packages above
    except ModuleNotFoundError as error:
        if not (error.name and (full == error.name or full.startswith(error.name + "."))):
            raise  # the package itself imports something that is not there
    if found is not None and found.origin and _same(found.origin, script):
        return found
    made = importlib.util.spec_from_file_location(full, script)
    assert made is not None
    return made


def _same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False
