"""Byte code of the modules that start a run, for each Python that runs scripts.

Python keeps none by itself: runs are told to write none, and the package's folder may be read-only. So once for each
Python a process that executes nothing of the user's compiles them, beside the sources where that can be, else below
the tool's own home, where runs can only read.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from pathlib import Path

from mlestar.runs.types import Interpreter

WORKER = Path(__file__).parent / "worker"
FOLDER = "compiled"
"""Below the home; runs must be able to read it."""
_MOST_S = 60.0

_known: dict[tuple[Path, Path], str] = {}
_asked: set[tuple[Path, Path]] = set()


def compiled_for(interpreter: Interpreter, home: Path) -> str:
    """Where ``interpreter`` finds byte code of the worker's modules: a folder for ``sys.pycache_prefix``, or '' for the
    usual place. When there is none it is made beside the runs, for those to come."""
    key = (interpreter.executable, home)
    if key not in _known:
        tag = "cpython-{}{}".format(*interpreter.version)
        for folder in ("", str(home / FOLDER)):
            if _complete(folder, tag):
                _known[key] = folder
                return folder
        if key not in _asked:
            _asked.add(key)
            threading.Thread(target=_compile, args=key, name="mlestar-compile", daemon=True).start()
    return _known.get(key, "")


def _complete(prefix: str, tag: str) -> bool:
    try:
        return all(_cached(source, prefix, tag).stat().st_mtime_ns >= source.stat().st_mtime_ns
                   for source in WORKER.rglob("*.py"))  # fmt: skip
    except OSError:
        return False


def _cached(source: Path, prefix: str, tag: str) -> Path:
    folder = Path(prefix + str(source.parent)) if prefix else source.parent / "__pycache__"
    return folder / f"{source.stem}.{tag}.pyc"


def _compile(python: Path, home: Path) -> None:
    command = [str(python), "-I", "-S", str(WORKER / "boot.py"), "compiling", str(home / FOLDER)]
    null = subprocess.DEVNULL
    with contextlib.suppress(OSError, subprocess.SubprocessError):  # without, runs start more slowly: no more
        subprocess.run(
            command, stdin=null, stdout=null, stderr=null, timeout=_MOST_S, cwd=os.sep, start_new_session=True
        )
