"""Carry out a study in one mode and watch it: CPU and wall from inside, memory from outside; and the limit."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

import mlestar
from mlestar.runs.environment import run_environment
from mlestar.runs.types import RunSpec

ROOT = Path(__file__).resolve().parents[2]
BOOT = Path(mlestar.__file__).parent / "runs" / "worker" / "boot.py"


@dataclass(frozen=True)
class Measured:
    """One study in one mode. Seconds; bytes; scores as ``repr``."""

    mode: str
    cpu_s: float
    wall_s: float
    peak_bytes: int
    """Most of the proportional memory (PSS) of the whole tree, sampled twice a second."""
    load: float
    """Load average of the machine when it ended."""
    outcomes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def scores(self) -> list[str]:
        return [o["score"] if o["status"] == "ok" else "failed" for o in self.outcomes]

    @property
    def rungs(self) -> str:
        found: dict[str, int] = {}
        for outcome in self.outcomes:
            found[outcome["rung"]] = found.get(outcome["rung"], 0) + 1
        return " ".join(f"{name}:{count}" for name, count in found.items())


def proportional(process: psutil.Process) -> int:
    """PSS of a process and all below it, in bytes; what cannot be read counts nothing."""
    total = 0
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0
    for one in family:
        try:
            text = Path(f"/proc/{one.pid}/smaps_rollup").read_text("ascii")
            total += next(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total


def carry_out(specs: Sequence[RunSpec], mode: str, home: Path) -> Measured:
    """Raises RuntimeError when the mode's process fails as a whole."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "specs").write_bytes(pickle.dumps(list(specs)))
        out = folder / "out.json"
        command = [sys.executable, "-m", "benchmarks.ablation.carry", str(folder / "specs"), mode, str(home), str(out)]
        environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
        stop, peak = threading.Event(), [0]

        def sample() -> None:
            watched = psutil.Process(process.pid)
            while not stop.wait(0.5):
                peak[0] = max(peak[0], proportional(watched))

        watcher = threading.Thread(target=sample)
        watcher.start()
        try:
            code = process.wait()
        finally:
            stop.set()
            watcher.join()
        if not out.exists():
            raise RuntimeError(f"mode {mode} ended with {code} and no result")
        told = json.loads(out.read_text("utf-8"))
    return Measured(mode, told["cpu_s"], told["wall_s"], peak[0], os.getloadavg()[0], told["outcomes"])


@dataclass(frozen=True)
class Limit:
    """The least CPU that any exact reuse of statements can need: the script once, then what must run again."""

    base_s: float
    again_s: tuple[float, ...]
    whole_s: tuple[float, ...]
    """All statements of each variant, imports included: what a fresh process computes."""

    @property
    def total_s(self) -> float:
        return self.base_s + sum(self.again_s)


def statements(spec: RunSpec) -> list[dict[str, Any]]:
    """Every statement of one program: its key and its cost (see ``runs/worker/statements.py``)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "tmp").mkdir()
        (folder / "program.py").write_text(spec.program_text, "utf-8")
        order = {
            "program": str(folder / "program.py"),
            "script": str(spec.script),
            "arguments": list(spec.arguments),
            "out": str(folder / "out.json"),
            "seed": spec.seed,
        }
        (folder / "spec.json").write_text(json.dumps(order), "utf-8")
        # a folder that changes from run to run would be a setting that differs
        environment = run_environment(spec, Path(tempfile.gettempdir()) / "same")
        environment["MLESTAR_RUN"] = environment["TMPDIR"] = environment["TEMP"] = environment["TMP"] = "/tmp"
        command = [str(spec.interpreter.executable), str(BOOT), "statements", str(folder / "spec.json")]
        done = subprocess.run(command, cwd=spec.workspace, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{spec.label}: statements could not be traced: {done.stderr[-1000:]}")
        told: list[dict[str, Any]] = json.loads((folder / "out.json").read_text("utf-8"))
        return told


def limit_of(specs: Sequence[RunSpec]) -> Limit:
    """Measured in plain single processes, one statement after another; ``specs[0]`` is the script as it is."""
    base = statements(specs[0])
    known = {one["key"] for one in base}
    again, whole = [], []
    for spec in specs[1:]:
        told = statements(spec)
        again.append(sum(one["cpu_s"] for one in told if not one["free"] and one["key"] not in known))
        whole.append(sum(one["cpu_s"] for one in told))
    return Limit(sum(one["cpu_s"] for one in base), tuple(again), tuple(whole))
