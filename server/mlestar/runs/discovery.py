"""Where a project's own Python may lie: environments in its folders, and those that a tool keeps elsewhere for it.

Only files are read; no tool is started. Order (the first that holds a Python is taken):

1. a notebook's own kernel, when it names another one than ``python3``;
2. in the script's folder and its parents up to the workspace: ``.venv``, ``venv``, ``env``, ``.conda``, ``envs/*``,
   pixi's ``.pixi/envs/default``, and a ``.venv`` file that names an environment;
3. environments kept for the project elsewhere: poetry, pipenv, hatch, the conda environment that ``environment.yml``
   names;
4. the active ``VIRTUAL_ENV``, then ``CONDA_PREFIX`` (not the base environment);
5. the version in ``.python-version`` among pyenv's and uv's Pythons (never a shim, which depends on the folder);
6. conda's base environment when it is active;
7. the server's own Python.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Found = Iterator[tuple[Path, str]]
_CONDA_ROOTS = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba", ".conda", "opt/miniconda3")
_GENERIC_KERNELS = frozenset(("", "python3", "python"))


def python_in(folder: Path) -> Path | None:
    """The Python of an environment's folder; a link to one that is gone when there is no other."""
    places = [folder / name for name in ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe")]
    return next((p for p in places if p.exists()), None) or next((p for p in places if p.is_symlink()), None)


def candidates(workspace: Path, script: Path) -> Found:
    """Pythons to take when nothing is set, the best first, each with why. The last one always works."""
    folders = [f for f in script.parents if f == workspace or workspace in f.parents] or [workspace]
    if workspace not in folders:
        folders.append(workspace)
    yield from _kernel(script, folders)
    for folder in folders:
        yield from _in_folder(folder)
    for folder in folders:
        yield from _poetry(folder)
        yield from _pipenv(folder)
        yield from _hatch(folder)
        yield from _named_conda(folder)
    base = os.environ.get("CONDA_DEFAULT_ENV") == "base"
    for name in ("VIRTUAL_ENV", *(() if base else ("CONDA_PREFIX",))):
        yield from _at(os.environ.get(name), name)
    for folder in folders:
        yield from _python_version(folder)
    if base:
        yield from _at(os.environ.get("CONDA_PREFIX"), "CONDA_PREFIX")
    yield Path(sys.executable), "server"


def _at(folder: str | Path | None, origin: str) -> Found:
    python = python_in(Path(folder)) if folder else None
    if python:
        yield python, origin


def _in_folder(folder: Path) -> Found:
    for name in (".venv", "venv", "env", ".conda"):
        place = folder / name
        if (place / "pyvenv.cfg").is_file() or (place / "conda-meta").is_dir():
            yield from _at(place, f"workspace {name}")
        elif name == ".venv" and place.is_file():
            aim = (_first_line(place) or "").strip()
            at = Path(aim).expanduser() if os.sep in aim else _virtualenvs() / aim
            if aim:
                yield from _at(folder / at, "workspace .venv")
    for pattern, word in (("envs/*/conda-meta", "envs"), (".pixi/envs/*/conda-meta", ".pixi/envs")):
        with contextlib.suppress(OSError):
            for meta in sorted(folder.glob(pattern), key=lambda m: (m.parent.name != "default", m)):
                yield from _at(meta.parent, f"workspace {word}/{meta.parent.name}")


# ------------------------------------------------------------------------------ what tools keep elsewhere


def _toml(path: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:  # pragma: no cover - exercised on Python 3.10
        import tomli as tomllib  # not above: this module is used where only the standard library is
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def _short_hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()).decode()[:8]


def _caches() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _data() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")


def _newest(folders: list[Path]) -> list[Path]:
    """By the numbers in their names, the highest first."""
    return sorted(folders, key=lambda f: [int(n) for n in re.findall(r"\d+", f.name)[-3:]], reverse=True)


def _poetry(folder: Path) -> Found:
    """``{name}-{hash of the folder}-py{version}`` in poetry's cache; ``envs.toml`` says which version is in use."""
    project = _toml(folder / "pyproject.toml")
    table = project.get("tool", {}).get("poetry")
    if table is None and not (folder / "poetry.lock").is_file():
        return
    name = str((table or {}).get("name") or project.get("project", {}).get("name") or folder.name)
    where = os.environ.get("POETRY_VIRTUALENVS_PATH")
    cache = os.environ.get("POETRY_CACHE_DIR") or _caches() / "pypoetry"
    store = Path(where) if where else Path(cache) / "virtualenvs"
    hashed = _short_hash(os.path.normcase(os.path.realpath(folder)))
    base = re.sub(r'[ $`!*@"\\\r\n\t]', "_", name.lower())[:42] + "-" + hashed
    active = _toml(store / "envs.toml").get(base, {}).get("minor")
    if active:
        yield from _at(store / f"{base}-py{active}", "poetry")
    with contextlib.suppress(OSError):
        for found in _newest([f for f in store.iterdir() if f.name.startswith(base + "-py")]):
            yield from _at(found, "poetry")


def _virtualenvs() -> Path:
    return Path(os.environ.get("WORKON_HOME") or _data() / "virtualenvs").expanduser()


def _pipenv(folder: Path) -> Found:
    """pipenv writes the project's folder into each environment."""
    if not (folder / "Pipfile").is_file():
        return
    with contextlib.suppress(OSError):
        for found in sorted(_virtualenvs().iterdir()):
            if _first_line(found / ".project") == str(folder):
                yield from _at(found, "pipenv")


def _hatch(folder: Path) -> Found:
    project = _toml(folder / "pyproject.toml")
    if "hatch" not in project.get("tool", {}) and not (folder / "hatch.toml").is_file():
        return
    known = _short_hash(str(folder))
    given = project.get("project", {}).get("name")
    name = re.sub(r"[-_.]+", "-", str(given)).lower() if given else f"{known}-unmanaged"
    data = Path(os.environ.get("HATCH_DATA_DIR") or _data() / "hatch")
    yield from _at(data / "env" / "virtual" / name / known / name, "hatch")


def _named_conda(folder: Path) -> Found:
    for file in ("environment.yml", "environment.yaml"):
        match = re.search(r"^name:[ \t]*[\"']?([^\s\"'#]+)", _text(folder / file), re.MULTILINE)
        if not match:
            continue
        for place in _conda_environments(match[1]):
            if (place / "conda-meta").is_dir():
                yield from _at(place, f"conda {match[1]}")


def _conda_environments(name: str) -> Iterator[Path]:
    """Where an environment of that name may lie: conda's own list first, then the usual places."""
    home = Path.home()
    for line in _text(home / ".conda" / "environments.txt").splitlines():
        if Path(line.strip()).name == name:
            yield Path(line.strip())
    roots = [Path(os.environ[n]) for n in ("MAMBA_ROOT_PREFIX", "CONDA_ROOT") if os.environ.get(n)]
    if os.environ.get("CONDA_EXE"):
        roots.append(Path(os.environ["CONDA_EXE"]).parent.parent)
    roots += [home / root for root in _CONDA_ROOTS] + [Path("/opt/conda"), Path("/opt/miniconda3")]
    for root in roots:
        yield root if name == "base" else root / "envs" / name


def _python_version(folder: Path) -> Found:
    wanted = ""
    for line in _text(folder / ".python-version").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            wanted = line.strip()
            break
    wanted = re.sub(r"^(cpython|python)[-@]?", "", wanted)
    if not wanted or wanted == "system" or "/" in wanted:
        return
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    yield from _at(pyenv / wanted, "pyenv")
    with contextlib.suppress(OSError):
        for found in _newest([f for f in pyenv.iterdir() if f.name.startswith(wanted + ".")]):
            yield from _at(found, "pyenv")
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or _data() / "uv" / "python")
    with contextlib.suppress(OSError):
        names = [f for f in uv.iterdir() if re.match(rf"cpython-{re.escape(wanted)}[.-]", f.name)]
        for found in sorted(names, key=lambda f: [int(n) for n in re.findall(r"\d+", f.name)[:3]], reverse=True):
            yield from _at(found, "uv")


# ------------------------------------------------------------------------------------------------ notebooks


def _kernel(script: Path, folders: list[Path]) -> Found:
    """The Python of the kernel that a notebook was saved with."""
    if script.suffix.lower() != ".ipynb":
        return
    try:
        name = json.loads(script.read_text("utf-8"))["metadata"]["kernelspec"]["name"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    if not isinstance(name, str) or name in _GENERIC_KERNELS or os.sep in name:
        return
    user = Path.home() / ("Library/Jupyter" if sys.platform == "darwin" else ".local/share/jupyter")
    places = [Path(p) for p in os.environ.get("JUPYTER_PATH", "").split(os.pathsep) if p]
    places += [Path(os.environ.get("JUPYTER_DATA_DIR") or user)]
    places += [python.parent.parent / "share/jupyter" for f in folders for python, _ in _in_folder(f)]
    places += [Path(sys.prefix) / "share/jupyter", Path("/usr/local/share/jupyter"), Path("/usr/share/jupyter")]
    for place in places:
        try:
            argv = json.loads((place / "kernels" / name.lower() / "kernel.json").read_text("utf-8"))["argv"]
            python = Path(argv[0])
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            continue
        if python.is_absolute() and python.name.startswith("python"):
            yield python, f"kernel {name}"


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace") if path.is_file() else ""
    except OSError:
        return ""


def _first_line(path: Path) -> str | None:
    lines = _text(path).splitlines()
    return lines[0].strip() if lines else None
