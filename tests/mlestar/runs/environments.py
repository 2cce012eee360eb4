"""Users' environments for tests: Pythons of this machine, with packages that are installed once and kept."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest

PACKAGES = ("scikit-learn", "click")
_KEPT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mlestar-test-environments"


@lru_cache(maxsize=1)
def pythons() -> dict[int, Path]:
    """Minor version of Python 3 to one that works and can make environments: pyenv's, then those on PATH."""
    found: dict[int, Path] = {}
    for minor in range(9, 16):
        places = sorted((Path.home() / ".pyenv" / "versions").glob(f"3.{minor}.*/bin/python3.{minor}"), reverse=True)
        named = shutil.which(f"python3.{minor}")
        for place in [*places, *([Path(named)] if named else [])]:
            ask = [str(place), "-c", "import ensurepip, venv, sys; print(sys.version_info[1])"]
            answer = subprocess.run(ask, capture_output=True, text=True, check=False)
            if answer.stdout.strip() == str(minor):
                found[minor] = place
                break
    return found


def stock(minor: int) -> Path:
    """site-packages with PACKAGES for that version, made on first use; skips when that cannot be."""
    python = pythons().get(minor)
    if python is None:
        pytest.skip(f"this machine has no Python 3.{minor} with venv")
    folder = _KEPT / f"3.{minor}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        site = folder / "env" / "lib" / f"python3.{minor}" / "site-packages"
        if (folder / "ready").exists():
            return site
        shutil.rmtree(folder / "env", ignore_errors=True)
        subprocess.run([str(python), "-m", "venv", str(folder / "env")], check=True)
        pip = [str(folder / "env/bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        done = subprocess.run(
            [*pip, "--only-binary", ":all:", *PACKAGES], capture_output=True, text=True, check=False, timeout=280
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no word"])[-1]
            pytest.skip(f"{', '.join(PACKAGES)} cannot be had for Python 3.{minor}: {last[:200]}")
        (folder / "ready").touch()
    return site


def _with_packages(site: Path, packages: Path) -> None:
    shutil.rmtree(site, ignore_errors=True)
    try:
        shutil.copytree(packages, site, copy_function=os.link, symlinks=True)
    except (OSError, shutil.Error):  # another file system
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(packages, site, symlinks=True)


def venv_like(folder: Path, minor: int) -> Path:
    """A virtual environment with the packages; its Python."""
    packages = stock(minor)
    subprocess.run([str(pythons()[minor]), "-m", "venv", "--without-pip", str(folder)], check=True)
    _with_packages(folder / "lib" / f"python3.{minor}" / "site-packages", packages)
    return folder / "bin" / "python"


def conda_like(folder: Path, minor: int) -> Path:
    """A whole Python in one folder with ``conda-meta`` and without ``pyvenv.cfg``, as conda lays them out."""
    packages = stock(minor)
    ask = [
        str(pythons()[minor]),
        "-c",
        "import os, sys; print(os.path.realpath(sys.executable)); print(sys.base_prefix)",
    ]
    executable, prefix = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.split("\n")[:2]
    (folder / "bin").mkdir(parents=True)
    (folder / "conda-meta").mkdir()
    (folder / "conda-meta" / "history").write_text("")
    shutil.copy2(executable, folder / "bin" / f"python3.{minor}")
    (folder / "bin" / "python").symlink_to(f"python3.{minor}")
    library = folder / "lib" / f"python3.{minor}"
    library.mkdir(parents=True)
    for entry in (Path(prefix) / "lib" / f"python3.{minor}").iterdir():
        if entry.name not in ("site-packages", "dist-packages", "EXTERNALLY-MANAGED"):
            (library / entry.name).symlink_to(entry)
    for shared in (Path(prefix) / "lib").glob("libpython3*.so*"):
        (folder / "lib" / shared.name).symlink_to(shared)
    _with_packages(library / "site-packages", packages)
    return folder / "bin" / "python"


def every_python() -> list[Path]:
    """One Python of each minor version from 3.9 on, this one included."""
    return list({**pythons(), sys.version_info.minor: Path(sys.executable)}.values())
