"""Safe fixes proved by running: on pure-noise labels a leak shows as skill, and the fixed program falls to chance."""

from __future__ import annotations

import contextlib
import io

import pytest

from cst_tools.edits import apply_edits
from cst_tools.rules import check
from cst_tools.script import Script
from cst_tools.types import FixClass

NOISE = """\
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.preprocessing import StandardScaler
{imports}
rng = np.random.default_rng(0)
df = pd.DataFrame(rng.normal(size=({rows}, {columns})), columns=[f"c{{i}}" for i in range({columns})])
df["y"] = rng.integers(0, 2, size={rows})
"""


def run(text: str) -> float:
    """The last number that the program prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "program", "exec"), {"__name__": "__main__"})
    return float(out.getvalue().split()[-1])


def program(body: str, *, rows: int = 400, columns: int = 5, imports: str = "") -> str:
    return NOISE.format(rows=rows, columns=columns, imports=imports) + body


def fixed(text: str, code: str, safety: FixClass) -> str:
    (finding,) = check(Script.parse(text))
    assert finding.code == code
    assert finding.fix is not None
    assert finding.fix.safety is safety
    return apply_edits(text, finding.fix.edits)


TAIL = """\
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)
model = LogisticRegression()
model.fit(X_train, y_train)
print(accuracy_score(y_test, model.predict(X_test)))
"""


@pytest.mark.parametrize(
    "body",
    [
        "X = df\ny = df['y']\n",
        "y = df['y']\nX = df.copy()\n",
        "X = df.drop(columns=['c0'])\ny = df['y']\n",
        "X = df.drop('c0', axis=1)\ny = df.y\n",
        "features = ['c0', 'c1', 'y']\nX, y = df[features], df['y']\n",
        "X = df[[c for c in df.columns if c not in ['c0']]]\ny = df['y']\n",
        "df['label'] = df['y'].map({0: 0, 1: 1})\nX = df.drop(columns=['label'])\ny = df['label']\n",
    ],
)
def test_without_the_target_skill_falls_to_chance(body: str) -> None:
    text = program(body + TAIL)
    assert run(text) > 0.9
    assert 0.35 < run(fixed(text, "L401", FixClass.SAFE)) < 0.65


SCALED = """\
X, y = df.drop(columns="y"), df["y"]
df.loc[0, "c0"] = 1e6
X = df.drop(columns="y")
{scale}X_train, X_test, y_train, y_test = train_test_split({name}, y, test_size=0.5, random_state={seed})
model = LogisticRegression().fit(X_train, y_train)
print(accuracy_score(y_test, model.predict(X_test)))
print(float(abs(np.asarray(X_train)[:, 0].mean())))
"""


@pytest.mark.parametrize(
    ("scale", "name"),
    [
        ("X = StandardScaler().fit_transform(X)\n", "X"),
        ("scaler = StandardScaler()\nX = scaler.fit_transform(X)\n", "X"),
        ("scaler = StandardScaler()\nscaler.fit(X)\nX_scaled = scaler.transform(X)\n", "X_scaled"),
        ("scaler = StandardScaler()\nZ = scaler.fit_transform(X)\n", "Z"),
    ],
)
def test_after_the_fix_training_rows_alone_set_the_scale(scale: str, name: str) -> None:
    text = program(SCALED.format(scale=scale, name=name, seed=0))
    assert run(text) > 1e-3, "scaled by all rows, the training rows are off centre"
    assert run(fixed(text, "L101", FixClass.SAFE)) < 1e-9, "scaled by themselves, they are centred"


def test_an_extreme_scaler_learns_from_test_rows_no_more() -> None:
    body = """\
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
X_test = X_test + 100
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.fit_transform(X_test)
model = LogisticRegression().fit(X_train, y_train)
print(accuracy_score(y_test, model.predict(X_test)))
print(float(X_test.mean()))
"""
    text = program(body)
    assert abs(run(text)) < 1e-9
    assert run(fixed(text, "L110", FixClass.SAFE)) > 50


def test_early_stopping_on_test_rows_falls_to_chance() -> None:
    pytest.importorskip("lightgbm")
    body = """\
X, y = df.drop(columns="y"), df["y"]
scores = []
for seed in range(12):
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=60, random_state=seed)
    model = LGBMClassifier(n_estimators=80, learning_rate=0.3, verbose=-1, n_jobs=1, min_child_samples=5)
    model.fit(X_train, y_train, eval_set=[(X_test, y_test)], eval_metric="error",
              callbacks=[early_stopping(80, verbose=False)])
    scores.append(accuracy_score(y_test, model.predict(X_test)))
print(np.mean(scores))
"""
    text = program(body, rows=200, imports="from lightgbm import LGBMClassifier, early_stopping")
    leaky = run(text)
    honest = run(fixed(text, "L302", FixClass.SAFE))
    assert leaky > 0.55
    assert abs(honest - 0.5) < 0.06
    assert honest < leaky


def test_scaling_inside_folds_still_runs() -> None:
    body = "X, y = df.drop(columns='y'), df['y']\nX = StandardScaler().fit_transform(X)\n"
    text = program(body + "print(cross_val_score(LogisticRegression(), X, y, cv=5).mean())\n")
    assert 0.35 < run(fixed(text, "L111", FixClass.REVIEW)) < 0.65
