"""One mode carries out one list of runs, in a process of its own whose whole tree is measured.

``python -m benchmarks.ablation.carry SPECS MODE HOME OUT``: SPECS is a pickle of run specs; HOME keeps what the mode
may keep between studies. Written to OUT: CPU seconds of this process and everything below it, wall seconds, and for
each run its score, status, rung and the second at which it was known.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mlestar.runs import Scheduler, local
from mlestar.runs.environment import run_environment
from mlestar.runs.types import RunResult, RunSpec

NAKED = Path(__file__).with_name("naked.py")
_THREADS = ("_NUM_THREADS", "_MAX_THREADS", "MAXIMUM_THREADS", "OP_THREADS", "LOKY_MAX_CPU_COUNT")
Outcome = dict[str, Any]


def cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def naked(spec: RunSpec, *, default_threads: bool) -> Outcome:
    """A fresh interpreter, nothing else: no containment, no supervisor."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = run_environment(spec, folder)
        if default_threads:
            environment = {k: v for k, v in environment.items() if not k.endswith(_THREADS)}
        (folder / "tmp").mkdir()
        (folder / "program.py").write_text(spec.program_text, "utf-8")
        out = folder / "values.json"
        command = [str(spec.interpreter.executable), str(NAKED), str(folder / "program.py"), str(spec.script), str(out)]
        done = subprocess.run(command, cwd=spec.workspace, env=environment, capture_output=True, text=True, check=False)
        values = json.loads(out.read_text("utf-8")) if out.exists() else []
        score = values[-1] if values and done.returncode == 0 else None
        why = done.stderr.strip().splitlines()[-1:] if done.returncode else []
        return {"score": repr(score), "status": "ok" if score is not None else f"failed {why}", "rung": "naked"}


def fresh(specs: Sequence[RunSpec], at_once: int, *, default_threads: bool) -> list[Outcome]:
    begun = time.perf_counter()

    def one(spec: RunSpec) -> Outcome:
        outcome = naked(spec, default_threads=default_threads)
        return {**outcome, "at_s": time.perf_counter() - begun}

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, specs))


def _no_store(*_: object) -> bool:
    return False


async def scheduled(specs: Sequence[RunSpec], home: Path, rungs: str | None, parallel: int) -> list[Outcome]:
    """What the scheduler makes of runs that are asked for together; ``rungs`` is the one way to share that it may use.

    With a rung the store of library calls is off; ``memo`` is that store alone; None leaves all to the scheduler.
    """
    if rungs is not None:
        os.environ["MLESTAR_RUNGS"] = rungs
        if rungs != "memo":
            local.usable = _no_store
    scheduler = Scheduler(home=home, parallel=parallel)
    begun = time.perf_counter()

    async def one(spec: RunSpec, place: int) -> Outcome:
        result: RunResult = await scheduler.run(spec, priority=-place)
        return {
            "score": repr(result.score),
            "status": "ok" if result.score is not None else f"{result.status.value}: {result.reason}",
            "rung": result.rung.value,
            "notes": list(result.notes),
            "at_s": time.perf_counter() - begun,
        }

    try:
        return list(await asyncio.gather(*(one(spec, place) for place, spec in enumerate(specs))))
    finally:
        await scheduler.close()


def carry(specs: Sequence[RunSpec], mode: str, home: Path) -> list[Outcome]:
    if mode == "fresh-default":
        return fresh(specs, 1, default_threads=True)
    if mode == "fresh-serial":
        return fresh(specs, 1, default_threads=False)
    if mode == "fresh-2":
        return fresh(specs, 2, default_threads=False)
    if mode == "slicing":
        from benchmarks.ablation.slicing import sliced

        return sliced(specs, home)
    rungs = None if mode == "auto" else mode
    return asyncio.run(scheduled(specs, home, rungs, 2))


def main() -> None:
    specs_path, mode, home, out = sys.argv[1:]
    specs = pickle.loads(Path(specs_path).read_bytes())
    cpu, wall = cpu_s(), time.perf_counter()
    outcomes = carry(specs, mode, Path(home))
    measured = {"cpu_s": cpu_s() - cpu, "wall_s": time.perf_counter() - wall, "outcomes": outcomes}
    Path(out).write_text(json.dumps(measured), "utf-8")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
