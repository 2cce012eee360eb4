"""When a run ends, for whatever reason, nothing of it is left running."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import psutil
import pytest

from mlestar.births import birth
from mlestar.runs import Scheduler
from mlestar.runs.types import RunStatus

from .conftest import Bench, alive, until

FAMILY = """
import os, signal, subprocess, sys, time
sleep = 'import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(300)'
subprocess.Popen([sys.executable, '-c', sleep, MARK])
subprocess.Popen([sys.executable, '-c', sleep, MARK], start_new_session=True)
if os.fork() == 0:                       # a daemon: forks twice, leaves the session, closes its streams
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 3)
        os.execv(sys.executable, [sys.executable, '-c', sleep, MARK])
    os._exit(0)
stopped = subprocess.Popen([sys.executable, '-c', sleep, MARK])
time.sleep(0.3)
stopped.send_signal(signal.SIGSTOP)
print('ready', flush=True)
"""


def family(mark: str, tail: str = "time.sleep(300)\n") -> str:
    """A program with a child, a child in another session, a daemon and a stopped child, all deaf to SIGTERM."""
    return f"MARK = {mark!r}\n" + FAMILY + tail


@pytest.fixture
def mark() -> str:
    return "mlestar-mark-" + uuid.uuid4().hex


async def test_a_timeout_ends_the_whole_tree_within_two_seconds(walled: Bench, mark: str) -> None:
    begun = time.monotonic()
    result = await walled.run(family(mark), wall_s=3.0)
    took = time.monotonic() - begun
    assert result.status is RunStatus.TIMEOUT and result.stdout == "ready\n"
    assert alive(mark) == []
    assert result.wall_s + 2.5 > took  # 2 s for the tree, the rest for starting and cleaning


async def test_helpers_left_by_a_finished_script_are_ended(walled: Bench, mark: str) -> None:
    result = await walled.run(family(mark, "__mlestar_report__(1)\n"))
    assert result.score == 1.0 and alive(mark) == []


async def test_cancel_ends_the_tree_before_the_error_leaves(walled: Bench, mark: str) -> None:
    task = asyncio.create_task(walled.run(family(mark)))
    assert await until(lambda: ("stdout", "ready\n") in walled.outputs, 20)
    assert len(alive(mark)) >= 4
    begun = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert alive(mark) == [] and time.monotonic() - begun < 3.5


async def test_close_ends_every_run(bench: Bench, mark: str) -> None:
    tasks = [asyncio.create_task(bench.run(family(mark), reuse=False)) for _ in range(4)]
    assert await until(lambda: bench.outputs.count(("stdout", "ready\n")) == 2, 20)
    await bench.scheduler.close()
    assert alive(mark) == []
    assert all(isinstance(r, asyncio.CancelledError) for r in await asyncio.gather(*tasks, return_exceptions=True))
    assert (await bench.run("print(1)\n")).status is RunStatus.NOT_STARTED


DRIVER = """
import asyncio, sys
from pathlib import Path
from mlestar.runs import Scheduler, find_interpreter
from mlestar.runs.types import Limits, RunSpec

async def main():
    script, home, protection = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    text = script.read_text()
    interpreter = await find_interpreter(sys.executable, script.parent, script)
    spec = RunSpec(script, script.parent, text, text, 0, interpreter, "o", limits=Limits())
    scheduler = Scheduler(home=home, protection=protection)
    await scheduler.run(spec, on_output=lambda name, text: print(text, end="", flush=True))

asyncio.run(main())
"""


def start_driver(tmp_path: Path, text: str, protection: str, **environment: str) -> subprocess.Popen[bytes]:
    folder = tmp_path / "ws"
    folder.mkdir()
    (folder / "train.py").write_text(text)
    (tmp_path / "driver.py").write_text(DRIVER)
    return subprocess.Popen(
        [sys.executable, str(tmp_path / "driver.py"), str(folder / "train.py"), str(tmp_path / "home"), protection],
        stdout=subprocess.PIPE,
        env={**os.environ, **environment, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )


@pytest.mark.parametrize(
    ("protection", "environment"), [("overlay", {}), ("copy", {}), ("copy", {"MLESTAR_NO_NAMESPACES": "1"})]
)
async def test_a_killed_server_leaves_no_process(
    tmp_path: Path, mark: str, protection: str, environment: dict[str, str]
) -> None:
    server = start_driver(tmp_path, family(mark), protection, **environment)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    runs = [p.name for p in (tmp_path / "home" / "scratch").glob("*/run-*")]
    assert len(alive(mark)) >= 4 and len(runs) == 1
    server.send_signal(signal.SIGKILL)
    server.wait()
    gone = await until(lambda: not alive(mark) and not alive(runs[0]), 5)
    assert gone, (alive(mark), alive(runs[0]))


async def test_a_killed_launcher_leaves_no_process(bench: Bench, mark: str) -> None:
    task = asyncio.create_task(bench.run(family(mark)))
    assert await until(lambda: ("stdout", "ready\n") in bench.outputs, 20)
    launchers = [p for p in psutil.Process().children() if "launcher" in p.cmdline()]
    assert len(launchers) == 1
    launchers[0].kill()
    result = await asyncio.wait_for(task, 10)
    assert result.status is RunStatus.NOT_STARTED and "launcher" in result.reason
    assert alive(mark) == []


async def test_scratch_of_a_dead_server_is_removed(tmp_path: Path, bench: Bench) -> None:
    left = bench.home / "scratch" / "999999999-1" / "run-old"
    left.mkdir(parents=True)
    (left / "work").mkdir(mode=0)
    kept = bench.home / "scratch" / f"{os.getppid()}-{round(birth(os.getppid()) * 1000)}"
    kept.mkdir()
    await bench.scheduler.close()
    bench.scheduler = Scheduler(home=bench.home)  # the next server: it cleans up before its first run
    await bench.run("print(1)\n")
    assert not left.parent.exists() and kept.exists()


async def test_a_fork_bomb_of_short_lived_children_ends(bench: Bench, mark: str) -> None:
    text = (
        f"MARK = {mark!r}\nimport os, time\nprint('ready', flush=True)\n"
        "def breed():\n    while True:\n        if os.fork() == 0:\n            time.sleep(0.05)\n"
        "            os.setsid()\n            continue\n        time.sleep(0.2)\n        os._exit(0)\n"
        "if os.fork() == 0:\n    breed()\ntime.sleep(300)\n"
    )
    result = await bench.run(text, wall_s=1.5, environment={"BREED": mark})
    assert result.status is RunStatus.TIMEOUT and alive(mark) == []


async def test_no_more_runs_at_a_time_than_threads(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "marks"
    folder.mkdir()
    text = (
        "import time\nprint('start', time.time())\ntime.sleep(0.3)\nprint('end', time.time())\n__mlestar_report__(1)\n"
    )
    results = await asyncio.gather(*(bench.run(text, reuse=False) for _ in range(5)))
    moments: list[tuple[float, int]] = []
    for result in results:
        first, last = (float(line.split()[1]) for line in result.stdout.splitlines())
        moments += [(first, 1), (last, -1)]
    running = most = 0
    for _, step in sorted(moments):
        running += step
        most = max(most, running)
    assert most == 2


async def test_priority_goes_first_and_cancelled_waiting_runs_leave(bench: Bench) -> None:
    order: list[str] = []

    async def run(name: str, priority: int) -> None:
        spec = bench.spec("import time\ntime.sleep(0.2)\n__mlestar_report__(1)\n", limits=_two_threads())
        await bench.scheduler.run(spec, priority=priority)
        order.append(name)

    first = asyncio.create_task(run("first", 0))
    await asyncio.sleep(0.05)
    low = asyncio.create_task(run("low", 0))
    never = asyncio.create_task(run("never", 5))
    high = asyncio.create_task(run("high", 9))
    await asyncio.sleep(0.05)
    never.cancel()
    await asyncio.gather(first, low, high)
    assert order == ["first", "high", "low"] and never.cancelled()


def _two_threads() -> Any:
    from mlestar.runs.types import Limits

    return Limits(wall_s=30.0, threads=2)
