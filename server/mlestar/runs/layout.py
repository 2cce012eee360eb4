"""Where a run sees its program and from which folder it starts."""

from __future__ import annotations

import ast
import re
from pathlib import Path

_CODING = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


def workspace_for(workspace: Path, script: Path) -> Path:
    """``workspace`` resolved; the script's folder when it does not hold the script. Raises OSError for the root."""
    whole, folder = workspace.resolve(), script.parent.resolve()
    if whole != folder and whole not in folder.parents:
        whole = folder
    if whole == Path(whole.anchor):
        raise OSError(f"{whole} cannot be a workspace; move the script into a folder of its own")
    return whole


def place_of(script: Path) -> Path:
    """Where the run sees the program: the script's own path; for a notebook a .py of its name beside it."""
    place = script.parent.resolve() / script.name
    return place.with_name(place.stem + ".py") if place.suffix.lower() == ".ipynb" else place


def as_utf8(text: str) -> bytes:
    """The text as it is written for a run: UTF-8, and a coding line that says otherwise says so too."""
    lines = text.split("\n", 2)
    for number, line in enumerate(lines[:2]):
        match = _CODING.match(line)
        if match:
            lines[number] = line[: match.start(1)] + "utf-8" + line[match.end(1) :]
            break
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def named_paths(text: str) -> set[str]:
    """String literals of a program that could name a file or folder; empty when it cannot be parsed."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value
            if 2 < len(name) < 400 and "\n" not in name and "\0" not in name:
                found.add(name)
    return found


def exists(path: Path, *, folder: bool | None = None) -> bool:
    """Whether ``path`` is there (as a folder, as a file); False for names that no file system takes."""
    try:
        return path.exists() if folder is None else path.is_dir() if folder else path.is_file()
    except OSError:
        return False


def module_root(script: Path, module: str) -> Path:
    """The folder from which ``python -m module`` finds ``script``: ``.../root`` for ``pkg.train``."""
    names = module.split(".")
    if script.name == "__main__.py" and names[-1] != "__main__":
        names.append("__main__")
    folder = script.parent
    for name in reversed(names[:-1]):
        if folder.name != name:
            break
        folder = folder.parent
    return folder


def working_folder(text: str, script: Path, workspace: Path, module: str | None = None) -> Path:
    """The script's folder; the workspace when the paths in the text exist only from there.

    Projects are started both ways: ``cd src; python train.py`` and ``python src/train.py``. A program that finds
    its files from ``__file__``, or upwards from its own folder, is started there. A module is started from the
    workspace, or from the folder that holds its package when only from there the paths in the text exist.
    """
    named = named_paths(text)
    if module:
        root = module_root(script, module)
        names = {n for n in named if not Path(n).is_absolute() and ("/" in n or "\\" in n or Path(n).suffix)}
        here = any(exists(workspace / name) for name in names)
        return root if not here and any(exists(root / name) for name in names) else workspace
    if script.parent == workspace or "__file__" in text or any(name.startswith("..") for name in named):
        return script.parent
    names = {n for n in named if not Path(n).is_absolute() and ("/" in n or "\\" in n or Path(n).suffix)}
    if any(exists(script.parent / name) for name in names):
        return script.parent
    return workspace if any(exists(workspace / name) for name in names) else script.parent
