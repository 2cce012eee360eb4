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
RUNNABLE = [pytest.param(s, e, id=f"{s.slug}-{i}") for s in STRATEGIES for i, e in enumerate(s.examples) if e.runs]


@pytest.mark.parametrize(("strategy", "example"), CASES)
def test_writes_exactly_this(strategy: type[Strategy], example: Example) -> None:
    ctx = of_example(strategy, example)
    assert rewritten(ctx, strategy.slug) == example.after


@pytest.mark.parametrize(("strategy", "example"), CASES)
def test_is_proposed(strategy: type[Strategy], example: Example) -> None:
    assert strategy.slug in slugs(of_example(strategy, example))


_RUN_ALL = """\
import sys, json, warnings
warnings.simplefilter("error", FutureWarning)
for text in json.load(sys.stdin):
    exec(compile(text, "example.py", "exec"), {"__name__": "__main__"})
"""


@pytest.mark.parametrize(("strategy", "example"), RUNNABLE)
def test_runs_before_and_after(strategy: type[Strategy], example: Example) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _RUN_ALL],
        input=json.dumps([example.before, example.after]),
        capture_output=True,
        text=True,
        timeout=200,
        env={"OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    scores = [float(line.split()[-1]) for line in done.stdout.splitlines()]
    assert len(scores) == 2 and all(math.isfinite(score) for score in scores)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_says_what_it_is(strategy: type[Strategy]) -> None:
    assert strategy.examples and strategy.roles
    assert 0 < strategy.prior < 1
    assert strategy.reference.startswith("https://")
    assert len(strategy.title) <= 60 and not strategy.title.endswith(".")
    assert len(strategy.explanation().splitlines()) >= 3


def test_slugs_are_unique() -> None:
    assert len({s.slug for s in STRATEGIES}) == len(STRATEGIES)
