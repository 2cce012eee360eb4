"""Each way a program can end is an outcome with its reason."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cst_tools.types import Aggregate
from mlestar.runs.types import RunStatus

from .conftest import make_bench

REPORT = "__mlestar_report__(0.75)\n"


async def test_a_good_run_has_its_score_and_its_cost(bench: Any) -> None:
    result = await bench.run("print('hello é')\nimport sys; print('err', file=sys.stderr)\n" + REPORT)
    assert (result.status, result.score, result.reason) == (RunStatus.OK, 0.75, "")
    assert result.stdout == "hello é\n" and result.stderr == "err\n" and result.stdout_bytes == 9
    assert ("stdout", "hello é\n") in bench.outputs and ("stderr", "err\n") in bench.outputs
    assert result.wall_s > 0 and result.cpu_s > 0 and result.peak_memory_bytes > 2**20
    assert result.exit_code == 0 and result.failure is None


@pytest.mark.parametrize(
    ("tail", "status", "words"),
    [
        ("", RunStatus.NO_SCORE, "without reaching the objective"),
        ("__mlestar_report__(float('nan'))", RunStatus.BAD_SCORE, "nan"),
        ("__mlestar_report__(float('-inf'))", RunStatus.BAD_SCORE, "-inf"),
        ("__mlestar_report__('0.9')", RunStatus.BAD_SCORE, "text"),
        ("__mlestar_report__(None)", RunStatus.BAD_SCORE, "NoneType"),
        ("__mlestar_report__((0.1, 0.2))", RunStatus.BAD_SCORE, "tuple"),
        (REPORT + "raise SystemExit(3)", RunStatus.EXITED, "code 3"),
        (REPORT + "import sys; sys.exit('no data today')", RunStatus.EXITED, "no data today"),
        (REPORT + "import os; os._exit(7)", RunStatus.EXITED, "code 7"),
        (REPORT + "import os; os._exit(0)", RunStatus.EXITED, "code 0"),
        (REPORT + "raise SystemExit", RunStatus.OK, ""),
        (REPORT + "exit(0)", RunStatus.OK, ""),
        (REPORT + "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", RunStatus.KILLED, "SIGSEGV"),
        (REPORT + "import ctypes; ctypes.string_at(0)", RunStatus.KILLED, "SIGSEGV"),
        (REPORT + "import os; os.abort()", RunStatus.KILLED, "SIGABRT"),
        (REPORT + "import os; os.kill(os.getpid(), 9)", RunStatus.KILLED, "memory is the usual cause"),
        (REPORT + "raise MemoryError", RunStatus.OUT_OF_MEMORY, "line 2"),
        (REPORT + "raise KeyboardInterrupt", RunStatus.CRASHED, "KeyboardInterrupt"),
    ],
)
async def test_endings(bench: Any, tail: str, status: RunStatus, words: str) -> None:
    result = await bench.run(tail + "\n")
    assert result.status is status, result
    assert words in result.reason
    assert (result.score is None) == (status is not RunStatus.OK)


async def test_a_crash_is_a_traceback_as_data(bench: Any) -> None:
    result = await bench.run(REPORT + "def f(x):\n    return 1 / x\n\nprint('before')\nf(0)\n")
    assert result.status is RunStatus.CRASHED and result.score is None
    assert result.failure.type == "ZeroDivisionError" and result.failure.line == 2
    assert "line 3" in result.reason and "division" in result.reason
    assert "return 1 / x" in result.failure.text and "worker.py" not in result.failure.text
    assert "Traceback" in result.stderr and "worker.py" not in result.stderr
    assert result.stdout == "before\n" and result.reports == (0.75,)


async def test_a_crash_inside_a_library_names_the_scripts_line(bench: Any) -> None:
    result = await bench.run("import json\n\njson.loads('{')\n")
    assert result.failure.type == "json.decoder.JSONDecodeError" and result.failure.line == 2


async def test_a_syntax_error_has_its_line(bench: Any) -> None:
    result = await bench.run("x = 1\ny = = 2\n")
    assert result.status is RunStatus.CRASHED and result.failure.line == 1
    assert result.failure.type == "SyntaxError"


async def test_a_timeout_keeps_the_output_and_no_score(bench: Any) -> None:
    begun = time.monotonic()
    result = await bench.run(REPORT + "print('epoch 1')\nimport time\ntime.sleep(100)\n", wall_s=1.0)
    assert result.status is RunStatus.TIMEOUT and result.score is None and "1 s" in result.reason
    assert result.stdout == "epoch 1\n" and result.reports == (0.75,)
    assert time.monotonic() - begun < 6


async def test_more_memory_than_allowed(bench: Any) -> None:
    text = "blocks = []\nimport time\nwhile True:\n    blocks.append(bytearray(16 << 20))\n    time.sleep(0.01)\n"
    result = await bench.run(text, memory_bytes=256 << 20)
    assert result.status is RunStatus.OUT_OF_MEMORY and "256 MB" in result.reason
    assert result.peak_memory_bytes > 200 << 20


async def test_memory_of_child_processes_counts(bench: Any) -> None:
    text = (
        "import subprocess, sys\n"
        "code = 'x = bytearray(150 << 20); import time; time.sleep(60)'\n"
        "both = [subprocess.Popen([sys.executable, '-c', code]) for _ in range(2)]\n"
        "[p.wait() for p in both]\n"
    )
    result = await bench.run(text, memory_bytes=256 << 20)
    assert result.status is RunStatus.OUT_OF_MEMORY


async def test_a_hundred_megabytes_of_prints(bench: Any) -> None:
    text = "line = 'x' * 99\nfor i in range(1_000_000):\n    print(line)\nprint('the end')\n" + REPORT
    result = await bench.run(text, output_bytes=100_000)
    assert result.status is RunStatus.OK and result.score == 0.75
    assert result.stdout_bytes == 100_000_008
    assert len(result.stdout) < 100_100
    assert result.stdout.startswith("xxx") and result.stdout.endswith("the end\n") and "left out" in result.stdout
    assert sum(len(piece) for _, piece in bench.outputs) < 20_000_000


@pytest.mark.parametrize(
    ("how", "values", "score"),
    [
        (Aggregate.LAST, "0.1, 0.9, 0.5", 0.5),
        (Aggregate.MEAN, "0.25, 0.5, 0.75", 0.5),
        (Aggregate.MAX, "0.1, 0.9, float('nan')", 0.9),
        (Aggregate.MIN, "0.3, 0.1, 0.2", 0.1),
        (Aggregate.MEAN, "0.3, float('nan')", None),
        (Aggregate.LAST, "0.3, float('nan')", None),
    ],
)
async def test_several_reports_become_one_score(bench: Any, how: Aggregate, values: str, score: float | None) -> None:
    result = await bench.run(f"for v in ({values}):\n    __mlestar_report__(v)\n", aggregate=how)
    assert result.score == score and len(result.reports) == values.count(",") + 1
    assert result.status is (RunStatus.BAD_SCORE if score is None else RunStatus.OK)


async def test_what_counts_as_a_number(bench: Any) -> None:
    text = (
        "import numpy as np\nfrom decimal import Decimal\n"
        "values = [np.float32(0.5), np.array(0.25), np.int64(2), Decimal('0.125'), np.array([[3.0]]),"
        " np.array([0.0, 1.0]), [0.25, 0.75]]\n"
        "for v in values:\n    assert __mlestar_report__(v) is v\n"
    )
    result = await bench.run(text)
    assert result.reports == (0.5, 0.25, 2.0, 0.125, 3.0, 0.5, 0.5), result


async def test_a_printed_objective(bench: Any) -> None:
    text = "import sys\nprint('epoch 1 auc=0.5')\nsys.stderr.write('epoch 2 auc=0.75')\n"
    result = await bench.run(text, printed_pattern=r"auc=([\d.a-z]+)", aggregate=Aggregate.MAX)
    assert result.score == 0.75 and result.reports == (0.5, 0.75)
    result = await bench.run("print('auc=nan')\n", printed_pattern=r"auc=([\d.a-z]+)")
    assert result.status is RunStatus.BAD_SCORE
    result = await bench.run("print('loss=1')\n", printed_pattern=r"auc=([\d.a-z]+)")
    assert result.status is RunStatus.NO_SCORE


async def test_every_digit_of_a_score_survives(bench: Any) -> None:
    result = await bench.run("import math\n__mlestar_report__(math.pi / 3)\n")
    assert result.score == math.pi / 3


async def test_an_interpreter_that_is_gone(bench: Any, tmp_path: Path) -> None:
    gone = replace(bench.interpreter, executable=tmp_path / "bin" / "python")
    result = await bench.run(REPORT, interpreter=gone)
    assert result.status is RunStatus.NOT_STARTED and "python" in result.reason


async def test_an_interpreter_that_fails_at_once(bench: Any, tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho oh no >&2\nexit 9\n")
    broken.chmod(0o755)
    result = await bench.run(REPORT, interpreter=replace(bench.interpreter, executable=broken))
    assert result.status is RunStatus.NOT_STARTED and "code 9" in result.reason and result.stderr == "oh no\n"


@pytest.fixture
def small_memory_group() -> Iterator[Path]:
    """A memory control group of 200 MB."""
    group = Path(f"/sys/fs/cgroup/memory/mlestar-test-{time.time_ns()}")
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(200 << 20))
    except OSError:
        pytest.skip("no right to make a memory control group")
    yield group
    for _ in range(50):
        try:
            group.rmdir()
            break
        except OSError:
            time.sleep(0.05)


async def test_killed_by_the_kernel_for_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_memory_group: Path
) -> None:
    """The kernel's own kill is told from any other SIGKILL. The interpreter is one that enters the group first."""
    monkeypatch.setenv("MLESTAR_NO_NAMESPACES", "1")
    monkeypatch.setenv("MLESTAR_NO_LANDLOCK", "1")
    bench = await make_bench(tmp_path, protection="copy")
    entering = tmp_path / "python"
    python = bench.interpreter.executable
    entering.write_text(f'#!/bin/sh\necho 0 > {small_memory_group}/cgroup.procs\nexec {python} "$@"\n')
    entering.chmod(0o755)
    result = await bench.run(
        "blocks = []\nwhile True:\n    blocks.append(bytearray(b'x' * (8 << 20)))\n",
        interpreter=replace(bench.interpreter, executable=entering),
    )
    await bench.scheduler.close()
    assert result.status is RunStatus.OUT_OF_MEMORY and "memory ran out" in result.reason, result
