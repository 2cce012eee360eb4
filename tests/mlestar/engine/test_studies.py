"""Whole studies on real programs in real processes: measured, resumed, cancelled, out of budget, honest."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import time
from pathlib import Path

import pytest

from mlestar.config import Settings
from mlestar.engine.api import Engine
from mlestar.engine.types import Event, EventKind, Snapshot
from mlestar.types import Verdict

# pure Python, so that a run takes a fraction of a second
PROGRAM = """\
import random

SEED = 1
rng = random.Random(SEED)
rows = [(rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(400)]
labels = [int(a + 0.3 * b + rng.gauss(0, 0.3) > 0) for a, b in rows]


def add_features(rows):
    rows = [(a, b, a + 0.3 * b) for a, b in rows]
    return rows


def build_model(rows, labels):
    last = len(rows[0]) - 1
    return lambda row: int(row[last] > 0)


rows = add_features(rows)
order = list(range(400))
random.Random(SEED).shuffle(order)
train, test = order[:300], order[300:]
model = build_model([rows[i] for i in train], [labels[i] for i in train])
predicted = [model(rows[i]) for i in test]
accuracy = sum(predicted[j] == labels[i] for j, i in enumerate(test)) / len(test)
print("accuracy", accuracy)
"""


def snapshot_of(path: Path) -> Snapshot:
    return Snapshot(path, path.read_text())


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else "folder"
        for p in sorted(folder.rglob("*"))
    }


def repeated_runs(home: Path) -> list[tuple[str, int]]:
    with sqlite3.connect(home / "journal.sqlite3") as db:
        return db.execute("SELECT key, COUNT(*) FROM runs GROUP BY key HAVING COUNT(*) > 1").fetchall()


async def test_an_ablation_ranks_blocks_and_outlives_the_engine(engine: Engine, project: Path, home: Path) -> None:
    path = project / "train.py"
    path.write_text(PROGRAM)
    before = fingerprint(project)
    events: list[Event] = []
    report = await engine.ablate(snapshot_of(path), on_event=events.append)
    assert report.problem is None and report.complete
    assert report.baseline is not None and len(report.baseline.scores) == 2
    first = report.impacts[0]
    assert first.mean is not None and first.mean > 0.1 and first.runs == 2
    assert "add_features" in first.variant
    assert events[0].kind is EventKind.STARTED and events[-1].kind is EventKind.FINISHED
    assert all(e.done <= e.total for e in events)
    assert fingerprint(project) == before

    again = await engine.ablate(snapshot_of(path))
    assert again.cost.runs == 0 and again.cost.reused == report.cost.runs
    assert [i.mean for i in again.impacts] == [i.mean for i in report.impacts]

    other = Engine(Settings(), home=home)
    assert other.last_ablation(path) == again
    await other.close()


async def test_a_cancelled_study_resumes_and_runs_nothing_twice(engine: Engine, project: Path, home: Path) -> None:
    path = project / "train.py"
    path.write_text(PROGRAM)
    finished = asyncio.Event()

    def listen(event: Event) -> None:
        if event.kind is EventKind.RUN_FINISHED and event.done >= 3:
            finished.set()

    task = asyncio.ensure_future(engine.ablate(snapshot_of(path), on_event=listen))
    await asyncio.wait_for(finished.wait(), 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    [study] = engine.journal.studies()
    assert study.status == "cancelled" and study.runs >= 3
    report = await engine.ablate(snapshot_of(path))
    assert report.complete and report.cost.reused >= study.runs
    assert repeated_runs(home) == []


async def test_the_budget_is_hard(home: Path, project: Path) -> None:
    path = project / "train.py"
    path.write_text("import time\n" + PROGRAM.replace("print(", "time.sleep(1.5)\nprint("))
    engine = Engine(Settings(baseline_seeds=2, parallel=1, budget=3.5), home=home)
    started = time.monotonic()
    report = await engine.ablate(snapshot_of(path))
    await engine.close()
    assert time.monotonic() - started < 3.5 + 3
    assert not report.complete
    engine = Engine(Settings(baseline_seeds=2, parallel=2, budget=120), home=home)
    report = await engine.ablate(snapshot_of(path))
    await engine.close()
    assert report.complete and report.cost.reused >= 1
    assert repeated_runs(home) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (PROGRAM.replace("print(", "1 / 0\nprint("), "ZeroDivisionError"),
        (PROGRAM.replace("len(test)\n", "float('nan')\n"), "nan"),
        (PROGRAM.replace("model = build_model", "raise SystemExit(3)\nmodel = build_model"), "code 3"),
        ("def f(:\n", "cannot be analysed"),
        ("import os\nprint(os.getcwd())\n", "no objective"),
    ],
)
async def test_a_script_without_a_score_is_explained(engine: Engine, project: Path, text: str, words: str) -> None:
    path = project / "train.py"
    path.write_text(text)
    report = await engine.ablate(snapshot_of(path))
    assert report.baseline is None and report.problem is not None and words in report.problem
    refinement = await engine.optimise(snapshot_of(path))
    assert refinement.best is None and refinement.problem is not None and words in refinement.problem


async def test_unknown_and_protected_blocks_are_named(engine: Engine, project: Path) -> None:
    path = project / "train.py"
    path.write_text(PROGRAM)
    unknown = await engine.optimise(snapshot_of(path), "nowhere")
    assert unknown.problem is not None and "add_features" in unknown.problem
    split = next(b for b in engine.analyse(snapshot_of(path)).blocks if b.role.value == "split")
    protected = await engine.optimise(snapshot_of(path), split.id)
    assert protected.problem is not None and "protected" in protected.problem


NONLINEAR = """\
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

rng = np.random.default_rng(7)
df = pd.DataFrame(rng.normal(size=(1500, 4)), columns=list("abcd"))
df["y"] = ((df["a"] * df["b"] > 0) ^ (rng.random(1500) < 0.05)).astype(int)
df.loc[rng.random(1500) < 0.2, "c"] = np.nan

# quick and dirty
df = df.dropna()
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)

clf = LogisticRegression()   # good enough?
clf.fit(X_train, y_train)
print("accuracy:", accuracy_score(y_test, clf.predict(X_test)))
"""


async def test_a_gain_is_confirmed_and_nothing_outside_the_patches_changes(home: Path, project: Path) -> None:
    path = project / "train.py"
    path.write_text(NONLINEAR)
    before = fingerprint(project)
    engine = Engine(Settings(baseline_seeds=2, confirmation_seeds=3, max_plans=3, parallel=2), home=home)
    model = next(b for b in engine.analyse(snapshot_of(path)).blocks if b.role.value == "model")
    report = await engine.optimise(snapshot_of(path), model.id)
    await engine.close()
    assert report.problem is None and report.best is not None
    best = report.best
    assert best.verdict is Verdict.BETTER
    assert best.confirmed is not None and best.confirmed.low > 0.2 and best.confirmed.pairs == 3
    assert best.selection is not None and best.runs >= 3
    assert best.new_text is not None and "# quick and dirty\ndf = df.dropna()\n" in best.new_text
    kept = [line for line in NONLINEAR.splitlines() if "LogisticRegression" not in line]
    assert [line for line in best.new_text.splitlines() if line in kept] == kept
    assert fingerprint(project) == before


async def test_a_variant_that_is_scored_on_other_rows_is_not_comparable(home: Path, project: Path) -> None:
    path = project / "train.py"
    path.write_text(
        NONLINEAR.replace("LogisticRegression()", "HistGradientBoostingClassifier(max_iter=20)").replace(
            "sklearn.linear_model import LogisticRegression", "sklearn.ensemble import HistGradientBoostingClassifier"
        )
    )
    engine = Engine(Settings(baseline_seeds=2, parallel=2), home=home)
    report = await engine.ablate(snapshot_of(path))
    await engine.close()
    clean = next(i for i in report.impacts if "dropna" in i.variant)
    assert clean.mean is None and "not comparable" in clean.note and not clean.required


async def test_the_text_of_the_editor_is_studied_not_the_file(engine: Engine, project: Path) -> None:
    path = project / "train.py"
    path.write_text("raise SystemExit('the file on disk must not run')\n")
    report = await engine.ablate(Snapshot(path, PROGRAM, 7))
    assert report.problem is None and report.baseline is not None
    assert path.read_text().startswith("raise")
