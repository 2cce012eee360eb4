"""The slicing mode: every run takes from a store the statements whose code and inputs are known (see `slicer`)."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import mlestar
from mlestar.runs.environment import run_environment
from mlestar.runs.types import RunSpec

SLICER = Path(__file__).with_name("slicer.py")
WORKER = Path(mlestar.__file__).parent / "runs" / "worker"


def sliced(specs: Sequence[RunSpec], home: Path) -> list[dict[str, Any]]:
    """The script first, since the others take from it; then two at a time."""
    store = home / "statements"
    store.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    first = _one(specs[0], store, begun)
    with ThreadPoolExecutor(2) as pool:
        return [first, *pool.map(lambda spec: _one(spec, store, begun), specs[1:])]


def _one(spec: RunSpec, store: Path, begun: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "program.py").write_text(spec.program_text, "utf-8")
        out = folder / "out.json"
        order = {"program": str(folder / "program.py"), "script": str(spec.script), "out": str(out)}
        (folder / "spec.json").write_text(json.dumps({**order, "store": str(store), "seed": spec.seed}), "utf-8")
        # folders that change from run to run would be settings that differ
        environment = run_environment(spec, store)
        command = [str(spec.interpreter.executable), str(SLICER), str(WORKER), str(folder / "spec.json")]
        done = subprocess.run(command, cwd=spec.workspace, env=environment, capture_output=True, text=True, check=False)
        told = json.loads(out.read_text("utf-8")) if out.exists() else {"values": [], "failed": done.stderr[-300:]}
    score = told["values"][-1] if told["values"] and told["failed"] is None else None
    return {
        "score": repr(score),
        "status": "ok" if score is not None else f"failed {told['failed']}",
        "rung": "slicing",
        "notes": [],
        "at_s": time.perf_counter() - begun,
    }
