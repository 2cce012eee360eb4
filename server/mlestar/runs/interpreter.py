"""Which Python runs the user's script.

The setting goes first (a Python, or the folder of an environment; ``~`` and paths relative to the workspace are
understood), then what `discovery` finds. Each is asked once, in a child process, for its version and packages. An
environment that is found but broken is reported, not passed over.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

from mlestar.runs.discovery import candidates, python_in
from mlestar.runs.types import Interpreter

OLDEST = (3, 9)
_PROBE_S = 60.0
_MARK = "mlestar-probe:"
_PROBE = f"""
import json, sys
version = list(sys.version_info[:3])
packages = {{}}
if version >= [3, 8]:
    from importlib import metadata
    for found in metadata.distributions():
        try:
            name = found.metadata["Name"]
            if name:
                packages.setdefault(name.lower(), found.version or "")
        except Exception:
            pass
sys.stdout.write("\\n{_MARK}" + json.dumps([version, packages, sys.executable]) + "\\n")
"""
_known: dict[tuple[str, int, tuple[int, ...]], Interpreter] = {}


def _from_setting(setting: str, workspace: Path) -> Path | str:
    text = os.path.expandvars(setting.strip())
    path = Path(text).expanduser()
    if not path.is_absolute():
        if os.sep not in text and "/" not in text and not (workspace / path).exists():
            found = shutil.which(text)
            if found is None:
                return f"there is no {text!r} on PATH; set `interpreter` to the path of a Python {_oldest()} or newer"
            return Path(found)
        path = workspace / path
    if path.is_dir():
        python = python_in(path)
        if python is None:
            return f"{path} holds no Python; set `interpreter` to an environment's folder or to a python executable"
        path = python
    if not path.exists():
        if path.is_symlink():
            return f"{path} points to a Python that is gone; recreate the environment or set `interpreter`"
        return f"{path} does not exist; set `interpreter` to the path of a Python {_oldest()} or newer"
    return path


def _oldest() -> str:
    return ".".join(map(str, OLDEST))


def _package_times(python: Path) -> tuple[int, ...]:
    """Changes when packages are installed or removed, so that a cached answer is not used for other packages."""
    prefix = python.parent.parent
    times = []
    for pattern in ("lib/python3*/site-packages", "lib/python3*/dist-packages", "Lib/site-packages"):
        for folder in sorted(prefix.glob(pattern)):
            with contextlib.suppress(OSError):
                times.append(folder.stat().st_mtime_ns)
    return tuple(times)


def _state_of(python: Path) -> tuple[str, int, tuple[int, ...]] | None:
    try:
        return (str(python), python.stat().st_mtime_ns, _package_times(python))
    except OSError:
        return None


async def _ask(python: Path, origin: str) -> Interpreter | str:
    key = _state_of(python)
    if key is None:
        where = f"the environment at {python.parent.parent}" if origin != "setting" else str(python)
        return f"{where} is broken: its Python is gone; recreate it or set `interpreter`"
    if key in _known:
        return replace(_known[key], origin=origin)
    environment = {
        k: v for k, v in os.environ.items() if k not in ("PYTHONHOME", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__")
    }
    try:
        process = await asyncio.create_subprocess_exec(
            str(python),
            "-c",
            _PROBE,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
        )
    except OSError as error:
        return f"{python} cannot be started ({error.strerror}); set `interpreter` to a Python {_oldest()} or newer"
    try:
        out, err = await asyncio.wait_for(process.communicate(), _PROBE_S)
    except asyncio.TimeoutError:
        return f"{python} did not answer within {_PROBE_S:g} s; set `interpreter` to another Python"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    for line in out.decode("utf-8", "replace").splitlines():
        if line.startswith(_MARK):
            version, packages, _ = json.loads(line[len(_MARK) :])
            if tuple(version) < OLDEST:
                name = "Python 2" if version[0] == 2 else f"Python {version[0]}.{version[1]}"
                return f"{python} is {name}; runs need Python {_oldest()} or newer: set `interpreter` to one"
            found = Interpreter(python, (version[0], version[1], version[2]), packages, origin)
            _known[key] = found
            return found
    text = (err or out).decode("utf-8", "replace")
    if re.search(r"pyenv: |is not installed \(set by", text):
        return f"{python} is a pyenv shim without a version here; run `pyenv local VERSION` or set `interpreter`"
    last = text.strip().splitlines()[-1][:200] if text.strip() else f"it ended with code {process.returncode}"
    return f"{python} does not work ({last}); recreate that environment or set `interpreter`"


async def find_interpreter(setting: str | None, workspace: Path, script: Path) -> Interpreter | str:
    """The Python for ``script``, or one sentence that says why there is none and what to set."""
    if setting and setting.strip():
        chosen = _from_setting(setting, workspace)
        return chosen if isinstance(chosen, str) else await _ask(chosen, "setting")
    for python, origin in candidates(workspace, script):
        return await _ask(python, origin)
    raise AssertionError("the server's own Python is always a candidate")
