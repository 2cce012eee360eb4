"""Many files over processes: order, crashes, hangs, and both ways to start a process."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from check_scripts import CLEAN, LEAKY

from mlestar.cli.check import pool
from mlestar.cli.check.one import Task, check_file

PROGRAM = """
import os, sys, time, ctypes
from mlestar.cli.check import pool
from mlestar.cli.check.one import Task
from mlestar.cli.check.results import FileResult

def check(task):
    if task.name.startswith("crash"):
        os._exit(9)
    if task.name.startswith("fault"):
        ctypes.string_at(0)
    if task.name.startswith("hang"):
        time.sleep(100)
    if task.name.startswith("raise"):
        raise ValueError("on purpose")
    return FileResult(task.name, True)

if __name__ == "__main__":
    pool._start_method = lambda: sys.argv[1]
    names = [name for n in range(6) for name in (f"fine{n}", f"crash{n}", f"raise{n}")] + ["hang", "fault", "last"]
    results = pool.check_all([Task(name) for name in names], 3, check, patience=1.5)
    assert [r.path for r in results] == names
    assert [r.path for r in results if r.checked] == [n for n in names if n.startswith(("fine", "last"))]
    said = {r.path: " ".join(r.complaints) for r in results}
    assert "its process ended with 9" in said["crash0"], said
    assert "its process ended with -11" in said["fault"], said
    assert "ValueError: on purpose" in said["raise3"]
    assert "took longer than 1.5 seconds" in said["hang"]
    import multiprocessing
    assert multiprocessing.active_children() == []
"""


@pytest.mark.skipif(sys.platform == "win32", reason="exit codes of POSIX")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_process_that_dies_or_hangs_costs_one_file(tmp_path: Path, method: str) -> None:
    script = tmp_path / "program.py"
    script.write_text(textwrap.dedent(PROGRAM))
    done = subprocess.run([sys.executable, script, method], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_where_no_process_comes_up_the_files_are_checked_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_work", _leave)
    tasks = [Task(f"{number}.py", data=LEAKY.encode()) for number in range(5)]
    assert [len(result.reported) for result in pool.check_all(tasks, jobs=2)] == [1] * 5


def _leave(*args: object) -> None:
    """A worker that ends before it is there."""


def test_processes_find_what_one_finds(tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"a{number}.py").write_text((LEAKY if number % 3 else CLEAN) + f"# {number}\n")
    tasks = [Task(str(path)) for path in sorted(tmp_path.glob("*.py"))]
    assert pool.check_all(tasks, jobs=3) == pool.check_all(tasks, jobs=1) == [check_file(task) for task in tasks]


def test_a_failure_in_process_costs_one_file() -> None:
    def check(task: Task) -> object:
        if task.name == "b":
            raise RecursionError("too deep")
        return check_file(Task(task.name, data=b"x = 1"))

    results = pool.check_all([Task("a"), Task("b"), Task("c")], jobs=1, check=check)  # type: ignore[arg-type]
    assert [r.checked for r in results] == [True, False, True]
    assert results[1].failed and "RecursionError: too deep" in results[1].complaints[0]


def test_few_or_small_files_start_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "cores", lambda: 8)
    for number in range(20):
        (tmp_path / f"{number}.py").write_text("x = 1\n" * 50)
    small = [Task(str(path)) for path in tmp_path.iterdir()]
    assert pool.workers_for(small[:5], None) == 1
    assert pool.workers_for(small, None) == 1
    for path in tmp_path.iterdir():
        path.write_text("x = 1  # a longer line of a script\n" * 1000)
    assert pool.workers_for(small, None) == 8
    assert pool.workers_for(small, 3) == 3
    assert pool.workers_for(small[:2], 50) == 2
