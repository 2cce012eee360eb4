"""One contract for every executor: outcomes, output, inputs, cancelling; and nodes of a cluster that are lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from mlestar.runs.executors import Executor, Room, remote_executor
from mlestar.runs.local import LocalExecutor
from mlestar.runs.ray import missing
from mlestar.runs.ray.executor import RayExecutor
from mlestar.runs.types import Interpreter, Limits, RunResult, RunSpec, RunStatus

from .conftest import alive, own_interpreter, tree_state, until


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two nodes on this machine beside the head, which has nothing to give; no node shares its cache with another."""
    if missing():
        pytest.skip(str(missing()))
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    from ray.cluster_utils import Cluster

    soon = {"health_check_initial_delay_ms": 500, "health_check_period_ms": 500, "health_check_failure_threshold": 2}
    made = Cluster(
        initialize_head=True,
        head_node_args={
            "num_cpus": 0,
            "include_dashboard": False,
            "_system_config": soon,
            "object_store_memory": 10**8,
        },
    )
    try:
        for number in range(2):
            monkeypatch.setenv("MLESTAR_RAY_CACHE", str(tmp_path / f"node {number}"))
            made.add_node(num_cpus=2, memory=2 * 1024**3, object_store_memory=10**8, wait=False)
        made.wait_for_nodes()
        yield made
    finally:
        made.shutdown()


@dataclass(frozen=True)
class Case:
    """One script with what must come of it."""

    text: str
    status: RunStatus
    score: float | None = None
    reason: str = ""
    changes: tuple[tuple[str, Any], ...] = ()
    limits: tuple[tuple[str, Any], ...] = ()


CASES = {
    "ok": Case("print('é')\nopen('out.txt', 'w').write('x')\n__mlestar_report__(0.5)\n", RunStatus.OK, 0.5),
    "crash": Case("x = 1\nraise ValueError('wrong é')\n", RunStatus.CRASHED, reason="ValueError in line 2: wrong é"),
    "exit": Case("import sys\nsys.exit(3)\n", RunStatus.EXITED, reason="ended itself with code 3"),
    "killed": Case("import os\nos.kill(os.getpid(), 11)\n", RunStatus.KILLED, reason="SIGSEGV"),
    "timeout": Case("while True: pass\n", RunStatus.TIMEOUT, reason="1.5 s", limits=(("wall_s", 1.5),)),
    "memory": Case(
        "import time\nx = bytearray(400 * 1024**2)\nfor i in range(0, len(x), 4096): x[i] = 1\ntime.sleep(20)\n",
        RunStatus.OUT_OF_MEMORY, reason="memory", limits=(("memory_bytes", 200 * 1024**2),),
    ),
    "flood": Case(
        "for _ in range(20000): print('y' * 1000)\n__mlestar_report__(1)\n", RunStatus.OK, 1.0,
        limits=(("output_bytes", 10_000),),
    ),
    "printed": Case("print('score: 0.25')\n", RunStatus.OK, 0.25, changes=(("printed_pattern", r"score: (\S+)"),)),
    "input": Case(
        "import sys\nvalue = float(open('data/x.csv').read()) + float(open('../beside.txt').read())\n"
        "big = open('data/big.bin', 'rb').read()\nassert sys.argv[1:] == ['--lr', '1'], sys.argv\n"
        "assert len(big) == 3_000_000\n__mlestar_report__(value)\n",
        RunStatus.OK, 12.0, changes=(("arguments", ("--lr", "1")),),
    ),
    "overwrites its input": Case(
        "open('data/x.csv', 'w').write('999')\n__mlestar_report__(float(open('data/x.csv').read()))\n",
        RunStatus.OK, 999.0,
    ),
    "no score": Case("x = 1\n", RunStatus.NO_SCORE, reason="without reaching the objective"),
    "no interpreter": Case(
        "x = 1\n", RunStatus.NOT_STARTED,
        changes=(("interpreter", Interpreter(Path("/nowhere/bin/python"), (3, 9, 0), {"numpy": "0.1"}, "setting")),),
    ),
}  # fmt: skip


class Work:
    """A user's folder, with a file beside it."""

    def __init__(self, tmp_path: Path, interpreter: Interpreter) -> None:
        self.top = tmp_path / "mein ü"
        self.folder = self.top / "proj"
        (self.folder / "data").mkdir(parents=True)
        (self.folder / "data" / "x.csv").write_text("7")
        (self.folder / "data" / "big.bin").write_bytes(os.urandom(3_000_000))
        (self.folder / "link.csv").symlink_to("data/x.csv")
        (self.top / "beside.txt").write_text("5")
        (self.folder / "train.py").write_text("# the user's text\n")
        self.interpreter = interpreter

    def spec(self, text: str, limits: dict[str, Any] | None = None, **changes: Any) -> RunSpec:
        values: dict[str, Any] = {
            "script": self.folder / "train.py",
            "workspace": self.folder,
            "variant_text": text,
            "program_text": text,
            "seed": 0,
            "interpreter": self.interpreter,
            "objective_id": "o",
            "limits": Limits(**{"wall_s": 60.0, **(limits or {})}),
        }
        return RunSpec(**{**values, **changes})


async def _all_cases(executor: Executor, work: Work) -> tuple[dict[str, RunResult], dict[str, str]]:
    said: dict[str, str] = dict.fromkeys(CASES, "")
    waiting = asyncio.Semaphore(4)

    async def one(name: str, case: Case) -> RunResult:
        def heard(stream: str, text: str) -> None:
            said[name] += text

        async with waiting:
            return await executor.run(work.spec(case.text, dict(case.limits), **dict(case.changes)), heard)

    results = await asyncio.gather(*(one(name, case) for name, case in CASES.items()))
    return dict(zip(CASES, results, strict=True)), said


async def _cancelled(executor: Executor, work: Work, marker: str) -> None:
    """A tree with a daemon in it, cancelled while it runs."""
    text = (
        "import subprocess, sys, time, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)', '{marker}'], start_new_session=True)\n"
        "print('up', flush=True)\ntime.sleep(600)\n"
    )
    up = asyncio.Event()
    task = asyncio.ensure_future(executor.run(work.spec(text), lambda *_: up.set()))
    await asyncio.wait_for(up.wait(), 30)
    assert alive(marker)
    begun = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - begun < 4.0 and not alive(marker)


def _check(results: dict[str, RunResult], said: dict[str, str]) -> None:
    for name, case in CASES.items():
        result = results[name]
        assert (result.status, result.score) == (case.status, case.score), (name, result)
        assert case.reason in result.reason, (name, result.reason)
        assert result.status is RunStatus.OK or result.reason, name
    assert said["ok"] == results["ok"].stdout == "é\n"
    assert results["crash"].failure is not None and results["crash"].failure.line == 1
    assert results["flood"].stdout_bytes == 20_020_000 and len(results["flood"].stdout) < 11_000
    assert len(said["flood"]) < 2_000_000, "a flood came through whole"


async def test_this_machine(tmp_path: Path) -> None:
    work = Work(tmp_path, await own_interpreter(tmp_path))
    before = tree_state(work.top)
    executor = LocalExecutor(home=tmp_path / "home")
    try:
        _check(*await _all_cases(executor, work))
        await _cancelled(executor, work, f"marker-{tmp_path.name}")
    finally:
        await executor.close()
    assert tree_state(work.top) == before


def _laid_out(folder: Path) -> list[Path]:
    return sorted(folder.glob("node */mlestar-ray/trees/*"))


@contextlib.asynccontextmanager
async def _on(cluster: Any, home: Path, **how: Any) -> AsyncIterator[RayExecutor]:
    executor = RayExecutor(home=home, address=cluster.address, **how)
    try:
        yield executor
    finally:
        await executor.close()


@pytest.mark.timeout(180)
async def test_a_cluster_does_the_same(cluster: Any, tmp_path: Path) -> None:
    work = Work(tmp_path, await own_interpreter(tmp_path))
    before = tree_state(work.top)
    here = LocalExecutor(home=tmp_path / "home")
    local, _ = await _all_cases(here, work)
    await here.close()
    async with _on(cluster, tmp_path / "server", ship="always") as executor:
        assert await executor.room() == Room(threads=4, gpus=0, memory_bytes=4 * 1024**3, nodes=2)
        results, said = await _all_cases(executor, work)
        _check(results, said)
        for name in set(CASES) - {"no interpreter"}:
            for part in ("reason", "stdout", "exit_code", "signal", "failure", "inputs", "reports", "protection"):
                there, expected = getattr(results[name], part), getattr(local[name], part)
                assert there == expected, (name, part)
            assert results[name].containment == local[name].containment
        assert "there is no Python 3.9 with the packages of" in results["no interpreter"].reason
        wide = await executor.run(work.spec("x = 1\n", {"gpus": 3}))
        assert wide.status is RunStatus.NOT_STARTED and "has 3 GPUs" in wide.reason
        await _cancelled(executor, work, f"marker-{tmp_path.name}")
    laid_out = _laid_out(tmp_path)
    assert 1 <= len(laid_out) <= 4, "without and with the file beside the workspace, once on each node"
    async with _on(cluster, tmp_path / "server") as executor:  # the nodes see the very files: nothing is sent
        result = await executor.run(work.spec(CASES["input"].text, arguments=("--lr", "1")))
        assert result.score == 12.0
    assert _laid_out(tmp_path) == laid_out
    assert tree_state(work.top) == before


SERVER = """
import asyncio, sys
from pathlib import Path
sys.path[:0] = {path!r}
from mlestar.runs import find_interpreter
from mlestar.runs.ray.executor import RayExecutor
from mlestar.runs.types import Limits, RunSpec
async def main():
    script = Path({script!r})
    python = await find_interpreter(sys.executable, script.parent, script)
    text = "import time\\nprint('up', flush=True)\\nwhile True: time.sleep(1)\\n"
    spec = RunSpec(script=script, workspace=script.parent, variant_text=text, program_text=text, seed=0,
        interpreter=python, objective_id="o", arguments=({marker!r},), environment={{"MARK": {marker!r}}})
    await RayExecutor(home=Path({home!r}), address={address!r}).run(spec, lambda *_: print("up", flush=True))
asyncio.run(main())
"""


async def _server_is_killed(cluster: Any, work: Work, tmp_path: Path) -> None:
    marker = f"orphan-{tmp_path.name}"
    text = textwrap.dedent(SERVER).format(
        path=[p for p in sys.path if p], script=str(work.folder / "train.py"), marker=marker,
        home=str(tmp_path / "other"), address=cluster.address,
    )  # fmt: skip
    server = await asyncio.create_subprocess_exec(sys.executable, "-c", text, stdout=asyncio.subprocess.PIPE)
    assert server.stdout is not None and (await server.stdout.readline()).strip() == b"up"
    assert [pid for pid in alive(marker) if pid != server.pid]
    server.send_signal(signal.SIGKILL)
    await server.wait()
    assert await until(lambda: not alive(marker), 5.0), "a run outlived the server that asked for it"


def _kill_node(node: Any) -> None:
    """Everything of Ray's on the node at once; the runs' own trees have to notice by themselves."""
    raylet = psutil.Process(node.all_processes["raylet"][0].process.pid)
    workers = [child for child in raylet.children() if child.name().startswith("ray::")]
    assert workers
    for process in (raylet, *workers):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def _driver_of(home: Path) -> int:
    return next(pid for pid in alive(f"mlestar.runs.ray.driver\0{home}"))


@pytest.mark.timeout(240)
async def test_what_is_lost_is_done_again(cluster: Any, tmp_path: Path) -> None:
    """A node, a driver and a server are killed in turn: nothing is lost, nothing counted twice, nothing left behind."""
    work = Work(tmp_path, await own_interpreter(tmp_path))
    marker = f"lost-{tmp_path.name}"
    text = "import time, sys\nfor _ in range(4): time.sleep(0.1)\n__mlestar_report__(int(sys.argv[1]))\n"
    done: list[tuple[int, RunResult]] = []

    async with _on(cluster, tmp_path / "server") as executor:

        async def one(number: int) -> None:
            spec = work.spec(text, arguments=(str(number), marker))
            done.append((number, await executor.run(spec)))

        runs = [asyncio.ensure_future(one(number)) for number in range(24)]
        assert await until(lambda: len(done) >= 6, 60)
        _kill_node(list(cluster.worker_nodes)[-1])
        await asyncio.gather(*runs)
        assert sorted(number for number, _ in done) == list(range(24))
        assert all(result.score == float(number) for number, result in done), [r for _, r in done if r.score is None]
        again = [note for _, result in done for note in result.notes]
        assert again and all(re.search("was lost .*began again", note) for note in again)
        assert await until(lambda: not alive(marker), 5.0)
        room = await executor.room()
        assert isinstance(room, Room) and room.nodes == 1

        slow = asyncio.ensure_future(executor.run(work.spec("import time\ntime.sleep(2)\n__mlestar_report__(1)\n")))
        await asyncio.sleep(1.5)
        os.kill(_driver_of(tmp_path / "server"), signal.SIGKILL)
        result = await slow
        assert result.score == 1.0 and "driver of Ray was lost" in result.notes[0], result
    await _server_is_killed(cluster, work, tmp_path)


async def test_what_is_said_when_there_is_no_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "set `executor` to one of local, ray" in str(remote_executor("slurm", home=tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "pip install 'mlestar-lsp[ray]'" in str(remote_executor("ray", home=tmp_path))
