"""Real runs of small scripts: one helper that writes a script, runs it and proves that its folder is as before."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from mlestar.runs import Scheduler, find_interpreter
from mlestar.runs.types import Interpreter, Limits, RunResult, RunSpec


def tree_state(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Everything about every entry of a folder that a user could notice: kind, mode, times, content."""
    state: dict[str, tuple[Any, ...]] = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        found = path.lstat()
        name = str(path.relative_to(folder))
        if path.is_symlink():
            state[name] = ("link", str(path.readlink()))
        elif path.is_dir():
            state[name] = ("folder", found.st_mode, found.st_mtime_ns)
        else:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            state[name] = ("file", found.st_mode, found.st_mtime_ns, found.st_ino, digest)
    return state


@dataclass
class Bench:
    """A workspace with a script, and a scheduler to run it."""

    folder: Path
    scheduler: Scheduler
    interpreter: Interpreter
    home: Path
    script_name: str = "train.py"
    outputs: list[tuple[str, str]] = field(default_factory=list)

    @property
    def script(self) -> Path:
        return self.folder / self.script_name

    def spec(self, text: str, **changes: Any) -> RunSpec:
        if not self.script.exists():
            self.script.write_text(text, "utf-8")
        chosen = {k: changes.pop(k) for k in ("wall_s", "memory_bytes", "output_bytes", "threads") if k in changes}
        limits = Limits(**{"wall_s": 60.0, **chosen})
        values: dict[str, Any] = {
            "script": self.script,
            "workspace": self.folder,
            "variant_text": text,
            "program_text": text,
            "seed": 0,
            "interpreter": self.interpreter,
            "objective_id": "o",
            "limits": limits,
        }
        values.update(changes)
        return RunSpec(**values)

    async def run(self, text: str, **changes: Any) -> RunResult:
        spec = self.spec(text, **changes)
        before = tree_state(spec.workspace)
        result = await self.scheduler.run(spec, on_output=lambda name, piece: self.outputs.append((name, piece)))
        assert tree_state(spec.workspace) == before, "the run changed the user's folder"
        return result


_found: dict[str, Interpreter] = {}


async def own_interpreter(folder: Path) -> Interpreter:
    if "own" not in _found:
        found = await find_interpreter(sys.executable, folder, folder / "train.py")
        assert isinstance(found, Interpreter), found
        _found["own"] = found
    return _found["own"]


async def make_bench(tmp_path: Path, **scheduler: Any) -> Bench:
    folder = tmp_path / "work space é" / "proj"
    folder.mkdir(parents=True)
    home = tmp_path / "home"
    return Bench(folder, Scheduler(home=home, parallel=2, **scheduler), await own_interpreter(folder), home)


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = await make_bench(tmp_path)
    yield made
    await made.scheduler.close()


WALLS = {
    "overlay": ("overlay", {}),
    "overlay in a user namespace": ("overlay", {"MLESTAR_USER_NAMESPACE": "1"}),
    "copy": ("copy", {"MLESTAR_NO_NAMESPACES": "1"}),
    "copy, hooks only": ("copy", {"MLESTAR_NO_NAMESPACES": "1", "MLESTAR_NO_LANDLOCK": "1"}),
}
"""Every protection, with the environment that makes this machine behave like a lesser one."""


@pytest_asyncio.fixture(params=list(WALLS))
async def walled(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bench]:
    protection, variables = WALLS[request.param]
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    made = await make_bench(tmp_path, protection=protection)
    yield made
    await made.scheduler.close()


def alive(marker: str) -> list[int]:
    """Pids of processes whose command line or environment holds ``marker``."""
    pids = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                blob = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if marker.encode() in blob and state != "Z":
                pids.append(int(folder.name))
    return pids


async def until(condition: Callable[[], bool], seconds: float) -> bool:
    for _ in range(int(seconds / 0.02)):
        if condition():
            return True
        await asyncio.sleep(0.02)
    return condition()
