"""What activating an environment would set, without running its scripts: folders on PATH and remembered variables."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path


def activated(executable: Path, outer: Mapping[str, str]) -> dict[str, str]:
    """Variables for a run with ``executable``; ``outer`` is the environment they are added to.

    A virtual environment's ``VIRTUAL_ENV``; a conda environment's ``CONDA_PREFIX``, its folders on PATH (on Windows
    its libraries are found there only) and the variables that ``conda env config vars`` keeps.
    """
    prefix = executable.parent if os.name == "nt" else executable.parent.parent
    path = outer.get("PATH", os.defpath)
    if (executable.parent.parent / "pyvenv.cfg").is_file():
        return {"PATH": _before([executable.parent], path), "VIRTUAL_ENV": str(executable.parent.parent)}
    if not (prefix / "conda-meta").is_dir():
        return {"PATH": _before([executable.parent], path)}
    folders = [executable.parent]
    if os.name == "nt":
        folders += [prefix / p for p in ("Library/mingw-w64/bin", "Library/usr/bin", "Library/bin", "Scripts", "bin")]
    name = prefix.name if prefix.parent.name == "envs" else "base" if (prefix / "condabin").is_dir() else str(prefix)
    found = {"PATH": _before(folders, path), "CONDA_PREFIX": str(prefix), "CONDA_DEFAULT_ENV": name}
    found.update(_remembered(prefix))
    return found


def _before(folders: list[Path], path: str) -> str:
    first = [str(folder) for folder in folders]
    return os.pathsep.join([*first, *(p for p in path.split(os.pathsep) if p and p not in first)])


def _remembered(prefix: Path) -> dict[str, str]:
    """What ``conda env config vars set`` keeps; an unset one is marked."""
    try:
        values = json.loads((prefix / "conda-meta" / "state").read_text("utf-8"))["env_vars"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    if not isinstance(values, dict):
        return {}
    return {str(k): str(v) for k, v in values.items() if v != "***unset***"}
