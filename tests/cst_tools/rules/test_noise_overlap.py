"""Safe fixes of overlaps and claims proved by running: on pure noise, skill falls to chance with the fix."""

from __future__ import annotations

import contextlib
import io

import pytest

from cst_tools.edits import apply_edits
from cst_tools.rules import check
from cst_tools.script import Script
from cst_tools.types import FixClass

HEAD = """\
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

rng = np.random.default_rng(0)
pd.DataFrame(rng.normal(size=({rows}, 5)), columns=list("abcde")).assign(
    y=rng.integers(0, 2, size={rows})
).to_csv(PATH, index=False)
df = pd.read_csv(PATH)
X, y = df.drop(columns="y"), df["y"]
"""
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)\n"


def program(body: str, rows: int = 600) -> str:
    return HEAD.format(rows=rows) + body


def run(text: str, path: str) -> float:
    """The last number that the program prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "program", "exec"), {"__name__": "__main__", "PATH": path})
    return float(out.getvalue().split()[-1])


def fixed(text: str, code: str, safety: FixClass) -> str:
    (finding,) = check(Script.parse(text))
    assert finding.code == code
    assert finding.fix is not None
    assert finding.fix.safety is safety
    return apply_edits(text, finding.fix.edits)


@pytest.fixture
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("noise") / "noise.csv")


@pytest.mark.parametrize(
    "body",
    [
        "m = DecisionTreeClassifier(random_state=0)\nm.fit(X, y)\nprint(accuracy_score(y_test, m.predict(X_test)))\n",
        "m = DecisionTreeClassifier(random_state=0).fit(X, y)\nprint(m.score(X_test, y_test))\n",
        "m = KNeighborsClassifier(1)\nm.fit(X=X, y=y)\np = m.predict(X_test)\nprint(accuracy_score(y_test, p))\n",
        (
            "g = GridSearchCV(DecisionTreeClassifier(random_state=0), {'min_samples_leaf': [1]}, cv=3)\ng.fit(X, y)\n"
            "print(g.score(X_test, y_test))\n"
        ),
    ],
)
def test_fitted_on_the_training_part_skill_falls_to_chance(body: str, path: str) -> None:
    text = program(SPLIT + body)
    assert run(text, path) == 1.0
    assert 0.4 < run(fixed(text, "L202", FixClass.SAFE), path) < 0.6


LOOP = """\
hits = []
for seed in range(150):
    frame = df.sample(102, random_state=seed).reset_index(drop=True)
{cut}    m = KNeighborsClassifier(1).fit(train.drop(columns="y"), train["y"])
    hits.append(accuracy_score(test["y"], m.predict(test.drop(columns="y"))))
print(np.mean(hits))
"""


@pytest.mark.parametrize(
    "cut",
    [
        "    train = frame.loc[:100]\n    test = frame.loc[100:]\n",
        "    train, test = frame.loc[:100], frame.loc[100:]\n",
        "    n = 100\n    train = frame.loc[:n]\n    test = frame.loc[n:]\n",
    ],
)
def test_cut_by_position_skill_falls_to_chance(cut: str, path: str) -> None:
    """Of two test rows one is trained on: the nearest neighbour knows it by heart."""
    text = program(LOOP.format(cut=cut))
    assert run(text, path) > 0.68
    assert 0.42 < run(fixed(text, "L202", FixClass.SAFE), path) < 0.58


def test_an_index_that_is_not_seen_makes_the_fix_one_for_review() -> None:
    cut = "    frame = frame.sort_values('a')\n    train, test = frame.loc[:100], frame.loc[100:]\n"
    fixed(program(LOOP.format(cut=cut)), "L202", FixClass.REVIEW)


def test_a_second_sample_is_replaced_by_what_is_left(path: str) -> None:
    body = (
        "train = df.sample(frac=0.8, random_state=1)\ntest = df.sample(frac=0.2, random_state=2)\n"
        "m = KNeighborsClassifier(1).fit(train.drop(columns='y'), train['y'])\n"
        "print(accuracy_score(test['y'], m.predict(test.drop(columns='y'))))\n"
    )
    text = program(body)
    assert run(text, path) > 0.8
    assert 0.38 < run(fixed(text, "L202", FixClass.REVIEW), path) < 0.62


def test_held_out_rows_are_scored_instead_of_training_rows(path: str) -> None:
    text = program(SPLIT + "m = DecisionTreeClassifier().fit(X_train, y_train)\nprint(m.score(X_train, y_train))\n")
    assert run(text, path) == 1.0
    assert 0.38 < run(fixed(text, "L201", FixClass.REVIEW), path) < 0.62


@pytest.mark.parametrize(
    "score",
    [
        "print(m.score(X_test, y_test))\n",
        "pred = m.predict(X_test)\nprint(accuracy_score(y_test, pred))\n",
    ],
)
def test_transformed_alike_the_score_is_that_of_the_model(score: str, path: str) -> None:
    """Raw rows lie so far off that all are given one class: chance, whatever the model knows. Noise stays noise."""
    body = (
        "from sklearn.datasets import make_classification\n"
        "X, y = make_classification(n_samples=600, class_sep=2, flip_y={}, random_state=0)\nX = X + 500\n"
        + SPLIT
        + "scaler = StandardScaler()\nZ = scaler.fit_transform(X_train)\nm = LogisticRegression().fit(Z, y_train)\n"
        + score
    )
    text = program(body.format(0))
    assert 0.35 < run(text, path) < 0.65
    assert run(fixed(text, "L701", FixClass.SAFE), path) > 0.85
    noise = program(body.format(1))
    assert 0.35 < run(fixed(noise, "L701", FixClass.SAFE), path) < 0.65
