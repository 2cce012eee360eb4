"""Every strategy's examples: the exact text it writes, and that both scripts run and score."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import pytest

from mlestar.playbook import STRATEGIES, Example, Strategy
from tests.mlestar.playbook.helpers import of_example, rewritten, slugs

CASES = [pytest.param(s, e, id=f"{s.slug}-{i}") for s in STRATEGIES for i, e in enumerate(s.examples)]
RUNNABLE = [(f"{s.slug}-{i}", e) for s in STRATEGIES for i, e in enumerate(s.examples) if e.runs]
_AT_ONCE = 8
"""Examples a process: importing the libraries takes longer than most examples."""


@pytest.mark.parametrize(("strategy", "example"), CASES)
def test_writes_exactly_this(strategy: type[Strategy], example: Example) -> None:
    ctx = of_example(strategy, example)
    assert rewritten(ctx, strategy.slug) == example.after


@pytest.mark.parametrize(("strategy", "example"), CASES)
def test_is_proposed(strategy: type[Strategy], example: Example) -> None:
    assert strategy.slug in slugs(of_example(strategy, example))


_RUN_ALL = """\
import io, json, sys, traceback, warnings
from contextlib import redirect_stdout
warnings.simplefilter("error", FutureWarning)
results = []
for name, text in json.load(sys.stdin):
    out = io.StringIO()
    try:
        with redirect_stdout(out):
            exec(compile(text, name, "exec"), {"__name__": "__main__"})
        results.append((name, out.getvalue(), ""))
    except BaseException:
        results.append((name, out.getvalue(), traceback.format_exc()[-1500:]))
print(json.dumps(results))
"""


@pytest.mark.parametrize("first", range(0, len(RUNNABLE), _AT_ONCE))
def test_runs_before_and_after(first: int) -> None:
    programs = [
        (f"{name} {when}", text)
        for name, example in RUNNABLE[first : first + _AT_ONCE]
        for when, text in (("before", example.before), ("after", example.after))
    ]
    done = subprocess.run(
        [sys.executable, "-c", _RUN_ALL],
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        timeout=280,
        env={"OMP_NUM_THREADS": "1", "LOKY_MAX_CPU_COUNT": "1", "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    results = json.loads(done.stdout.splitlines()[-1])
    failures = [f"{name}: {trace}" for name, _, trace in results if trace]
    assert not failures, "\n".join(failures)
    assert len(results) == len(programs)
    for name, out, _ in results:
        assert math.isfinite(float(out.split()[-1])), name


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_says_what_it_is(strategy: type[Strategy]) -> None:
    assert strategy.examples and strategy.roles
    assert 0 < strategy.prior < 1
    assert strategy.reference.startswith("https://")
    assert len(strategy.title) <= 60 and not strategy.title.endswith(".")
    assert len(strategy.explanation().splitlines()) >= 3


def test_slugs_are_unique() -> None:
    assert len({s.slug for s in STRATEGIES}) == len(STRATEGIES)
