"""Instrumented programs run: the score is reported, the lines stay, and nothing breaks without the worker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cst_tools.instrument import CALL, REPORT, SEED_STEP, instrument
from cst_tools.objective import find_objectives
from cst_tools.script import Script
from cst_tools.types import Aggregate, Direction, Objective, ObjectiveKind, Span

CORPUS = Path(__file__).parent.parent / "corpus"

DATA = """\
import numpy as np
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import cross_val_score, train_test_split
X, y = load_iris(return_X_y=True)
X_tr, X_te, y_tr, y_te = train_test_split(X, y, random_state=0, stratify=y)
model = GaussianNB()
model.fit(X_tr, y_tr)
p = model.predict(X_te)
"""

PROGRAMS = {
    "call in a print": 'print("acc", accuracy_score(y_te, p))\n',
    "several lines": "print(\n    'acc',\n    accuracy_score(\n        y_te,  # truth\n        p,\n    ),\n)\n",
    "by hand over lines": "acc = (p ==\n       y_te).mean()  # share\nprint(acc)\n",
    "f-string double": 'print(f"acc {accuracy_score(y_te, p):.4f} of {len(p)}")\n',
    "f-string single": "print(f'acc {accuracy_score(y_te, p)!r:>30}')\n",
    "f-string triple": 'print(f"""acc\n  {accuracy_score(y_te, p):.3f}\n""")\n',
    "f-string with quotes inside": "d = {'a': p}\nprint(f\"acc {accuracy_score(y_te, d['a']):.3f}\")\n",
    "f-string equals": 'print(f"{accuracy_score(y_te, p)=:.3f}")\n',
    "f-string equals plain": "print(f'{ accuracy_score(y_te, p) = } {len(p)=}')\n",
    "f-string concatenated": 'print("a" f"b {len(p)}" f\' acc {accuracy_score(y_te, p):.2f}\')\n',
    "f-string nested format": 'w = 9\nprint(f"{accuracy_score(y_te, p):>{w}.3f}")\n',
    "percent of one": 'print("%.3f" % accuracy_score(y_te, p))\n',
    "one line": "if True: acc = accuracy_score(y_te, p); print(acc)\n",
    "semicolons": "a = 1; print('acc', accuracy_score(y_te, p)); b = 2\n",
    "no final newline": "print(accuracy_score(y_te, p))",
    "walrus": "print('acc', acc := accuracy_score(y_te, p))\n",
    "lambda default": "f = lambda t=y_te: None\nprint(accuracy_score(y_te, p))\n",
    "class body": "class Result:\n    acc = accuracy_score(y_te, p)\nprint(Result.acc)\n",
    "main": (
        "def main():\n    acc = accuracy_score(y_te, p)\n    return acc\n"
        "if __name__ == '__main__':\n    print(main())\n"
    ),
    "async": (
        "import asyncio\nasync def score():\n    return accuracy_score(y_te, p)\nasync def main():\n"
        "    acc = await score()\n    print('acc', acc)\nasyncio.run(main())\n"
    ),
    "unicode before": "é = 'ü'; print('größe 😀', accuracy_score(y_te, p))\n",
    "tabs": "if True:\n\tprint('acc', accuracy_score(y_te, p))\n",
    "unpacked": "_, acc = 1, accuracy_score(y_te, p)\nprint(f'acc {acc}')\n",
    "decorated": (
        "import functools\n@functools.lru_cache\ndef evaluate():\n    return accuracy_score(y_te, p)\n"
        "print('accuracy', evaluate())\n"
    ),
    "proposed after predict": "",
    "proposed before a comment": "p = model.predict(X_te)  # the end; really\n",
    "proposed in a line": "import os; p = model.predict(X_te); q = 2\n",
    "generator": "print(sum(a == b for a, b in zip(y_te, p)) / len(p))\n",
}

_RUNNER = """\
import builtins, contextlib, io, json, sys
out = {}
for name, code, with_worker in json.load(sys.stdin):
    reports, calls = [], []
    if with_worker:
        builtins.__mlestar_report__ = lambda v: (reports.append(float(v)), v)[1]
        def call(site, text, callee):
            calls.append([site, text])
            return callee
        builtins.__mlestar_call__ = call
    else:
        for key in ("__mlestar_report__", "__mlestar_call__"):
            builtins.__dict__.pop(key, None)
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(compile(code, name, "exec"), {"__name__": "__main__"})
    out.setdefault(name, []).append([reports, calls, shown.getvalue()])
json.dump(out, sys.stdout)
"""


def run_all(jobs: list[tuple[str, str, bool]]) -> dict[str, list[tuple[list[float], list[tuple[int, str]], str]]]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _RUNNER],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_programs_report_their_score_and_run_without_the_worker() -> None:
    jobs: list[tuple[str, str, bool]] = []
    for name, code in PROGRAMS.items():
        script = Script.parse(DATA + code)
        objectives, reason = find_objectives(script, None)
        assert objectives, (name, reason)
        program = instrument(script, objectives[0], seed=0, probes=True)
        assert program.count("\n") == script.text.count("\n"), name
        jobs += [(name, script.text, True), (name, program, True), (name, program, False)]
    for name, (plain, with_worker, without) in run_all(jobs).items():
        reports, calls, shown = with_worker
        assert reports and all(score == pytest.approx(reports[0]) for score in reports), name
        assert 0.8 < reports[-1] <= 1.0, (name, reports)
        assert shown == plain[2] == without[2], name
        assert plain[0] == [] and without[0] == [], name
        assert calls and calls[0][1].endswith("model.fit"), (name, calls)


def test_seeds_move_each_literal_once() -> None:
    code = DATA.replace("random_state=0", "random_state=SEED").replace(
        "import numpy as np\n", "import numpy as np\nSEED = 42\n"
    )
    script = Script.parse(code + "rng = np.random.default_rng(7)\nprint(accuracy_score(y_te, p))\n")
    objective = find_objectives(script, None)[0][0]
    assert "7919" not in instrument(script, objective, seed=0)
    moved = instrument(script, objective, seed=2)
    assert f"SEED = (42+{SEED_STEP}*2)" in moved
    assert "random_state=SEED," in moved
    assert f"default_rng((7+{SEED_STEP}*2))" in moved


def test_probes_know_their_line_and_leave_super_alone() -> None:
    code = (
        "from sklearn.model_selection import cross_val_score as cvs\n"
        "class M(Base):\n    def fit(self, X, y):\n        super().fit(X, y)\n        return self\n"
        "pipe.fit(X, y)\nprint(cvs(pipe, X, y).mean())\nbooster = lgb.train({}, d)\nplain.predict(X)\n"
    )
    script = Script.parse(code)
    objective = find_objectives(script, None)[0][0]
    program = instrument(script, objective, seed=0, probes=True)
    assert program.count(CALL) == 3
    assert "(5, 'pipe.fit', pipe.fit)(X, y)" in program
    assert "(6, 'cvs', cvs)(pipe, X, y)" in program
    assert "(7, 'lgb.train', lgb.train)({}, d)" in program
    assert "        super().fit(X, y)\n" in program


def test_a_notebook_runs_from_its_masked_text() -> None:
    cells = ["%matplotlib inline\n!pip list\nimport numpy as np\n", "acc = np.mean([1, 1])\nprint('accuracy', acc)\n"]
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {"cell_type": "code", "source": c, "metadata": {}, "outputs": [], "execution_count": None} for c in cells
        ],
    }
    script = Script.parse(json.dumps(notebook), "a.ipynb")
    objective = find_objectives(script, None)[0][0]
    program = instrument(script, objective, seed=3)
    assert REPORT in program
    compile(program, "a", "exec")


def test_a_printed_objective_needs_no_report() -> None:
    script = Script.parse("SEED = 1\nprint('score 3')\n")
    objective = Objective(
        ObjectiveKind.PRINTED, r"score (\d)", None, "score", Direction.MAXIMIZE, Aggregate.LAST, "pointed to"
    )
    assert instrument(script, objective, seed=0) == script.text
    assert f"SEED = (1+{SEED_STEP}*1)" in instrument(script, objective, seed=1)


def test_what_cannot_be_reported_is_refused_in_a_sentence() -> None:
    broken = Script.parse("x = (\n")
    place = Objective(
        ObjectiveKind.EXPRESSION, "x", Span(0, 1), "score", Direction.MAXIMIZE, Aggregate.LAST, "a store, not a value"
    )
    with pytest.raises(ValueError, match="cannot be parsed"):
        instrument(broken, place, seed=0)
    with pytest.raises(ValueError, match="choose another objective"):
        instrument(Script.parse("import x\n"), place, seed=0)


def corpus_scripts() -> list[Path]:
    return sorted(p for p in CORPUS.rglob("*") if p.suffix in (".py", ".ipynb") and p.stat().st_size < 60_000)


@pytest.mark.parametrize("path", corpus_scripts(), ids=lambda p: p.name)
def test_corpus_programs_compile_with_every_objective(path: Path) -> None:
    script = Script.parse(path.read_text("utf-8"), path.name)
    objectives, _ = find_objectives(script, None)
    for objective in objectives:
        program = instrument(script, objective, seed=5, probes=True)
        compile(program, path.name, "exec")
        assert program.count("\n") == script.masked.count("\n")
        assert REPORT in program


_LABELS = st.sampled_from(["acc", "AUC:", "val loss =", "größe", "{{x}}", "'", ""])
_VALUES = st.sampled_from(
    [
        "accuracy_score(y, p)",
        "(p == y).mean()",
        "scores[-1]",
        "res['auc']",
        'res["auc"]',
        "np.mean([s for s in scores])",
    ]
)
_SHOWS = st.sampled_from(
    [
        "print(f{q}{label} {{{value}:.4f}}{q})",
        "print(f{q}{{{value}!r:>10}}{label}{q}, 1)",
        "print({q}{label}{q}, {value})",
        "print({q}{label} %s{q} % {value})",
        "logger.info({q}{label} {{}}{q}.format({value}))",
        "score = {value}; print(score, {q}{label}{q})",
        "def main():\n    return {value}\nmain()",
        "for fold in folds:\n    scores.append({value})",
        "with open('x') as f:\n    f.write(str({value}))",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(_SHOWS, _LABELS, _VALUES, st.sampled_from(['"', "'", '"""'])), min_size=1, max_size=4))
def test_instrumenting_never_breaks_compilation(parts: list[tuple[str, str, str, str]]) -> None:
    code = "\n".join(show.format(label=label, value=value, q=quote) for show, label, value, quote in parts) + "\n"
    script = Script.parse(code)
    if script.tree is None:
        return
    for objective in find_objectives(script, None)[0]:
        program = instrument(script, objective, seed=1, probes=True)
        compile(program, "x", "exec")
        assert REPORT in program and program.count("\n") == code.count("\n")
