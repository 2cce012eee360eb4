"""One part of a run dies or is given up: the others notice, and nothing is left."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from mlestar.runs import Scheduler
from mlestar.runs.types import RunStatus

from .conftest import Bench, alive, until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")

SLOW = """\
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)  # MARK"], start_new_session=True)
open("begun", "w").close()
print("begun", flush=True)
time.sleep(SECONDS)
__mlestar_report__(0.5)
"""


@pytest.fixture
def mark(tmp_path: Path) -> str:
    return f"mark-{os.getpid()}-{time.time_ns()}"


def slow(mark: str, seconds: float) -> str:
    return SLOW.replace("MARK", mark).replace("SECONDS", str(seconds))


async def begun(mark: str) -> bool:
    """Whether a process with ``mark`` is there soon; looked for now and then, as looking is not cheap."""
    deadline = time.monotonic() + 30
    while not alive(mark) and time.monotonic() < deadline:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.2)
    return bool(alive(mark))


async def test_a_killed_supervisor_leaves_no_process(bench: Bench, mark: str) -> None:
    task = asyncio.create_task(bench.run(slow(mark, 60)))
    assert await begun(mark)
    [launcher] = [p for p in psutil.Process().children() if "launcher" in p.cmdline()]
    # below the launcher: the one that built the walls, and in its namespaces the supervisor; not the script
    supervisors = [p for p in launcher.children(recursive=True) if "launcher" in p.cmdline()]
    assert supervisors
    supervisors[-1].kill()
    result = await asyncio.wait_for(task, 10)
    assert result.score is None and result.status is not RunStatus.OK and result.reason
    assert await until(lambda: not alive(mark), 5)
    assert (await bench.run("__mlestar_report__(1)\n")).score == 1


async def test_the_runs_of_one_script_are_cancelled_and_then_all(bench: Bench, mark: str) -> None:
    other = bench.folder / "other.py"
    other.write_text("x = 1\n")
    specs = [bench.spec(slow(f"{mark}-a{n}", 60), seed=n) for n in range(3)]
    specs += [bench.spec(slow(f"{mark}-b", 60), script=other)]
    runs = [asyncio.create_task(bench.scheduler.run(spec)) for spec in specs]
    assert await begun(f"{mark}-a")
    began = time.monotonic()
    assert await bench.scheduler.cancel(bench.script) == 3
    assert time.monotonic() - began < 3 and not alive(f"{mark}-a")
    assert [r.status for r in await asyncio.gather(*runs[:3])] == [RunStatus.CANCELLED] * 3
    assert await begun(f"{mark}-b"), "the other script's run goes on, or begins now"
    assert await bench.scheduler.cancel() == 1
    assert not alive(mark)
    assert (await runs[3]).status is RunStatus.CANCELLED
    assert await bench.scheduler.cancel() == 0
    assert (await bench.run("__mlestar_report__(1)\n")).score == 1


@pytest.mark.parametrize("after_s", [0.0, 0.01, 0.3])
async def test_closing_soon_after_runs_were_asked_for_keeps_nobody_waiting(
    bench: Bench, mark: str, after_s: float
) -> None:
    """Before the family is gathered, too. What a run wrote is gone when the scheduler is closed."""
    tasks = [asyncio.create_task(bench.scheduler.run(bench.spec(slow(mark, 60), seed=n))) for n in range(3)]
    await asyncio.sleep(after_s)
    closing = asyncio.create_task(bench.scheduler.close())
    done, _ = await asyncio.wait([closing, *tasks], timeout=10)
    assert len(done) == 4, "somebody waits for ever"
    assert not alive(mark) and not alive(str(bench.home))
    assert not list((bench.home / "scratch").glob("*/*"))


async def test_a_family_leaves_no_folder_when_the_scheduler_is_closed_at_its_end(bench: Bench) -> None:
    text = "__import__('time').sleep(0.1)\nx = VALUE\n__mlestar_report__(x)\n"
    specs = [bench.spec(text.replace("VALUE", str(n))) for n in range(3)]
    found = await asyncio.gather(*map(bench.scheduler.run, specs))
    await bench.scheduler.close()
    assert [result.score for result in found] == [0, 1, 2]
    assert not list((bench.home / "scratch").iterdir())


async def test_what_a_killed_server_left_goes_away_though_no_run_is_made(tmp_path: Path) -> None:
    left, kept = (tmp_path / "scratch" / name for name in ("999999999-1", "somebody's"))
    (left / "run-x" / "overlay").mkdir(parents=True)
    kept.mkdir()
    scheduler = Scheduler(home=tmp_path)
    assert await until(lambda: not left.exists(), 5)
    await scheduler.close()
    assert kept.exists()
