"""Forking a running program: the child has all that the parent had, shares nothing it should not, and does not hang."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
WORKER = ROOT / "server" / "mlestar" / "runs" / "worker"

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="programs are branched on Linux only")

PRELUDE = f"""
import json, os, sys, types, ctypes, random, threading, time
package = types.ModuleType("w"); package.__path__ = [{str(WORKER)!r}]; sys.modules["w"] = package
from w import forking, gate
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
told, tell = os.pipe()
def branch(child):
    pid = forking.fork(keep=(told, tell))
    if pid == 0:
        try:
            os.write(tell, json.dumps(child()).encode())
        except BaseException as error:
            os.write(tell, json.dumps(repr(error)).encode())
        os._exit(0)
    answer = json.loads(os.read(told, 65536))
    assert os.waitpid(pid, 0)[1] == 0
    return answer
"""


def run(text: str, seconds: float = 60.0, python: str = sys.executable, cwd: Path | None = None) -> Any:
    """The last line that a script in a process of its own prints, as JSON."""
    done = subprocess.run(
        [python, "-c", PRELUDE + textwrap.dedent(text)], capture_output=True, text=True, timeout=seconds, cwd=cwd
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_random_state_goes_on_as_if_nothing_had_happened() -> None:
    pytest.importorskip("numpy")
    plain, parent, child = run(
        """
        import numpy
        def draw():
            return [random.random(), float(numpy.random.rand()), random.gauss(0, 1)]
        random.seed(1); numpy.random.seed(2); random.gauss(0, 1)
        before = random.getstate(), numpy.random.get_state()
        plain = draw()
        random.setstate(before[0]); numpy.random.set_state(before[1])
        child = branch(draw)
        print(json.dumps([plain, draw(), child]))
        """
    )
    assert plain == parent == child


def test_open_files_are_apart_and_nothing_is_written_twice(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("".join(f"line {n}\n" for n in range(2000)))
    child, parent, log, leftover = run(
        """
        source, log = open("in.txt"), open("log.txt", "a")
        for _ in range(5): source.readline()
        source.seek(source.tell())
        log.write("before\\n")
        def child():
            lines = [source.readline() for _ in range(1500)]
            log.write("child\\n"); log.flush()
            return lines[-1]
        answer = branch(child)
        mine = [source.readline() for _ in range(3)][-1]
        log.write("parent\\n"); log.close()
        try:
            os.waitpid(-1, os.WNOHANG); left = True
        except ChildProcessError:
            left = False
        print(json.dumps([answer, mine, open("log.txt").read(), left]))
        """,
        cwd=tmp_path,
    )
    assert child == "line 1504\n" and parent == "line 7\n"
    assert log == "before\nchild\nparent\n" and not leftover


def test_the_child_is_nobody_s_child_in_the_script() -> None:
    assert run(
        """
        handled = []
        import signal
        pid = forking.fork(keep=(tell,))
        if pid == 0:
            time.sleep(0.2); os.write(tell, str(os.getppid()).encode()); os._exit(7)
        with open("/proc/self/task/%d/children" % os.getpid()) as file:
            listed = file.read().split()
        parent = int(os.read(told, 100))
        print(json.dumps([parent == os.getpid(), gate.refusal(keep=[pid])]))
        """
    ) == [True, None]


REFUSALS = {
    "thread": "threading.Thread(target=time.sleep, args=(5,), daemon=True).start()",
    "process": "import subprocess; p = subprocess.Popen(['sleep', '5'], stdout=-3, stderr=-3)",
    "memory": "import mmap; m = mmap.mmap(-1, 4096); m[0] = 1",
    "asyncio": """
import asyncio
async def f(): return forking.refusal()
print(json.dumps(asyncio.run(f()))); os._exit(0)
""",
    "in a thread": """
t = threading.Thread(target=lambda: print(json.dumps(forking.refusal())))
t.start(); t.join(); os._exit(0)
""",
}


@pytest.mark.parametrize("what", list(REFUSALS))
def test_what_a_branch_could_not_live_with_is_refused(what: str) -> None:
    reason = run(REFUSALS[what] + "\nprint(json.dumps(forking.refusal())); os._exit(0)\n")
    expected = {"thread": "thread of its own", "process": "processes of its own", "memory": "memory that branches",
                "asyncio": "asyncio", "in a thread": "in a thread"}  # fmt: skip
    assert reason is not None and expected[what] in reason


def test_a_script_without_any_of_it_is_not_refused() -> None:
    assert run("t = threading.Thread(target=int); t.start(); t.join()\nprint(json.dumps(forking.refusal()))") is None


def test_a_process_of_the_script_may_not_fork() -> None:
    assert "process that the script started" in run(
        """
        if os.fork() == 0:
            os.write(tell, json.dumps(forking.refusal()).encode()); os._exit(0)
        os.wait(); print(os.read(told, 1000).decode())
        """
    )


def test_progress_bars_do_not_stand_in_the_way() -> None:
    pytest.importorskip("tqdm")
    assert (
        run(
            """
        from tqdm import tqdm
        for _ in tqdm(range(2)): pass
        assert any(type(t).__name__ == "TMonitor" for t in threading.enumerate())
        assert forking.refusal() is None
        print(json.dumps(branch(lambda: len(list(tqdm(range(3)))))))
        """
        )
        == 3
    )


def test_joblib_in_turn_gives_the_same(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    text = """
        {}
        from sklearn.datasets import make_classification
        from sklearn.ensemble import RandomForestClassifier
        from sklearn.model_selection import cross_val_score
        from joblib import Parallel, delayed, parallel_config
        import math, multiprocessing
        X, y = make_classification(300, random_state=0)
        scores = cross_val_score(RandomForestClassifier(5, random_state=0), X, y, n_jobs=2).tolist()
        with parallel_config("loky", inner_max_num_threads=1, n_jobs=2):
            roots = Parallel()(delayed(math.sqrt)(i) for i in range(5))
        started = len(gate.loky_processes())
        print(json.dumps([[scores, roots], started]))
        """
    workers, in_turn = run(text.format("")), run(text.format("forking.sequential_joblib()"))
    assert workers[0] == in_turn[0]
    assert workers[1] > 0 and in_turn[1] == 0


def _benchmark() -> Any:
    spec = importlib.util.spec_from_file_location("branches_benchmark", ROOT / "benchmarks" / "branches.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_libraries_survive_branching() -> None:
    pytest.importorskip("lightgbm")
    names = ["sklearn boosting", "joblib loky", "lightgbm"]
    rows = _benchmark().study(sys.executable, 36, names)
    for row in rows:
        bad = {k: row[k] for k in ("hangs", "crashes", "failed", "wrong", "missing", "refused") if row[k]}
        assert not bad, row
    assert sum(row["branches"] for row in rows) == 36
