"""The driver's own decisions, with a cluster that loses runs at will: bounded, begun again, given up, counted once."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mlestar.runs.ray import missing
from mlestar.runs.types import Interpreter, Limits, RunResult, RunSpec, RunStatus
from mlestar.serialize import loads, to_data

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))


class Losing:
    """Stands in for `Cluster`: loses every run as often as ``losses`` says."""

    def __init__(self, losses: dict[int, int]) -> None:
        self.losses, self.now, self.most = losses, 0, 0
        self.begun: Counter[int] = Counter()

    def window(self) -> int:
        return 6

    def impossible(self, limits: Limits) -> str:
        return "no such node" if limits.gpus else ""

    async def carry_out(self, spec: RunSpec, manifest: Any, output: Any) -> RunResult:
        from mlestar.runs.ray.cluster import Lost

        self.begun[spec.seed] += 1
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0.002)
            output([("stdout", f"{spec.seed}\n")])
            if self.losses.get(spec.seed, 0) >= self.begun[spec.seed]:
                raise Lost("node b", "NodeDiedError")
            return RunResult(RunStatus.OK, float(spec.seed), "")
        finally:
            self.now -= 1

    def leave(self) -> None: ...


async def answers(cluster: Losing, specs: list[RunSpec], home: Path) -> dict[int, list[RunResult]]:
    from mlestar.runs.ray.driver import Driver

    read, write = os.pipe()
    driver = Driver(home, write)
    driver._cluster = cluster  # type: ignore[assignment]
    found: dict[int, list[RunResult]] = {}

    def listen() -> None:
        with os.fdopen(read) as lines:
            for line in lines:
                message = json.loads(line)
                if "result" in message:
                    found.setdefault(message["id"], []).append(loads(json.dumps(message["result"]), RunResult))

    listening = asyncio.create_task(asyncio.to_thread(listen))
    for number, spec in enumerate(specs):
        await driver.hear({"run": number, "spec": to_data(spec)})
    await asyncio.gather(*driver._tasks.values())
    os.close(write)
    await listening
    return found


def specs(folder: Path, count: int, **limits: Any) -> list[RunSpec]:
    (folder / "proj").mkdir()
    return [
        RunSpec(
            script=folder / "proj" / "train.py", workspace=folder / "proj", variant_text="x", program_text="x",
            seed=number, interpreter=Interpreter(Path("python3"), (3, 11, 0), {}, "x"), objective_id="o",
            limits=Limits(**limits),
        )
        for number in range(count)
    ]  # fmt: skip


async def test_hundreds_of_runs_while_nodes_die(tmp_path: Path) -> None:
    cluster = Losing({number: number % 3 for number in range(300)})
    found = await answers(cluster, specs(tmp_path, 300), tmp_path / "home")
    assert sorted(found) == list(range(300)) and all(len(results) == 1 for results in found.values())
    assert all(results[0].score == float(number) for number, results in found.items())
    assert all(len(results[0].notes) == number % 3 for number, results in found.items())
    assert cluster.most <= 6, "more was handed to Ray than it can carry out"


async def test_a_run_that_is_always_lost_is_given_up(tmp_path: Path) -> None:
    cluster = Losing({0: 99})
    found = await answers(cluster, specs(tmp_path, 2), tmp_path / "home")
    assert found[0][0].status is RunStatus.NOT_STARTED and "lost 3 times" in found[0][0].reason
    assert cluster.begun[0] == 3 and found[1][0].score == 1.0


async def test_what_no_node_can_do_is_not_sent(tmp_path: Path) -> None:
    cluster = Losing({})
    found = await answers(cluster, specs(tmp_path, 1, gpus=2), tmp_path / "home")
    assert found[0][0].reason == "no such node" and not cluster.begun


def test_a_node_needs_nothing_but_ray_and_what_it_brings(tmp_path: Path) -> None:
    code = (
        "import sys, mlestar.runs.ray.node\nhave = sys.modules.items()\n"
        "print(*{n.split('.')[0] for n, m in have if 'site-packages' in (getattr(m, '__file__', '') or '')})"
    )
    paths = os.pathsep.join(p for p in sys.path if p and "site-packages" not in p)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    # psutil comes with Ray; names with an underscore are put in by the installer of this environment
    assert {name for name in done.stdout.split() if not name.startswith("_")} <= {"psutil"}, done.stdout
