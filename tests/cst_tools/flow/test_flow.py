"""What the engine knows about rows, lineage and columns after a program."""

from __future__ import annotations

import ast

import pytest

from cst_tools.flow import Columns, Flow, Part, follow
from cst_tools.flow.libraries import Act, by_bare_name, find
from cst_tools.flow.names import role_of_name
from cst_tools.flow.values import EvaluationKind, contains_some, overlap

HEAD = """\
import pandas as pd, numpy as np
from sklearn.model_selection import train_test_split, KFold, cross_val_score, GridSearchCV
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.pipeline import make_pipeline
df = pd.read_csv("a.csv")
X, y = df.drop(columns=["y"]), df["y"]
"""


def flow_of(body: str) -> Flow:
    flow = follow(ast.parse(HEAD + body))
    assert flow.complete
    assert flow.failures == ()
    return flow


def test_parts_form_a_tree() -> None:
    whole = Part(1)
    train, test = whole.child("s", 0), whole.child("s", 1)
    inner = train.child("t", 1)
    assert whole.contains(inner)
    assert train.strictly_contains(inner)
    assert not train.overlaps(test)
    assert not inner.overlaps(test)
    assert not Part(2).overlaps(whole)
    assert contains_some(frozenset({train}), frozenset({inner, test}))
    assert not overlap(frozenset({test}), frozenset({inner}))


SPLITS = {
    "call": "a, b, c, d = train_test_split(X, y)",
    "frame": "t, u = train_test_split(df)\na, b, c, d = t[['q']], u[['q']], t['y'], u['y']",
    "slices": "n = int(len(X) * 0.8)\na, b, c, d = X[:n], X[n:], y[:n], y[n:]",
    "iloc": "a, b, c, d = X.iloc[:-50], X.iloc[-50:], y.iloc[:-50], y.iloc[-50:]",
    "mask": "m = df['year'] < 2020\na, b, c, d = X[m], X[~m], y[m], y[~m]",
    "two masks": "a, b, c, d = X[df.t < 5], X[df.t >= 5], y[df.t < 5], y[df.t >= 5]",
    "random mask": "m = np.random.rand(len(df)) < 0.7\na, b, c, d = X[m], X[~m], y[m], y[~m]",
    "permutation": (
        "i = np.random.permutation(len(X))\na, b, c, d = X.iloc[i[:9]], X.iloc[i[9:]], y.iloc[i[:9]], y.iloc[i[9:]]"
    ),
    "sample": "t = df.sample(frac=0.8)\nu = df.drop(t.index)\na, b, c, d = t[['q']], u[['q']], t['y'], u['y']",
    "isin": "t = df.sample(frac=0.8)\nu = df[~df.index.isin(t.index)]\na, b, c, d = t[['q']], u[['q']], t['y'], u['y']",
    "wrapper": "def cut(*t, **k):\n    return train_test_split(*t, **k)\n\na, b, c, d = cut(X, y, test_size=0.2)",
    "alias": "from sklearn.model_selection import train_test_split as tts\nparts = tts(X, y)\na, b, c, d = parts",
    "subscripts": "p = train_test_split(X, y)\na, b, c, d = p[0], p[1], p[2], p[3]",
    "dict": "a, b, c, d = train_test_split(X, y)\ns = {'a': (a, c), 'b': (b, d)}\n(a, c), (b, d) = s['a'], s['b']",
    "folds": "for i, j in KFold(3).split(X):\n    a, b, c, d = X.iloc[i], X.iloc[j], y.iloc[i], y.iloc[j]",
    "indices": "i, j = train_test_split(np.arange(len(X)))\na, b, c, d = X.iloc[i], X.iloc[j], y.iloc[i], y.iloc[j]",
    "unknown": (
        "from lib import cut\nX_train, X_test, y_train, y_test = cut(df)\na, b, c, d = X_train, X_test, y_train, y_test"
    ),
    "generator": (
        "def g():\n"
        "    for i, j in KFold(3).split(X):\n"
        "        yield X.iloc[i], X.iloc[j], y.iloc[i], y.iloc[j]\n"
        "\n"
        "for a, b, c, d in g():\n"
        "    pass"
    ),
    "attributes": (
        "class S:\n    pass\n\ns = S()\ns.a, s.b, s.c, s.d = train_test_split(X, y)\na, b, c, d = s.a, s.b, s.c, s.d"
    ),
}


@pytest.mark.parametrize("style", SPLITS)
def test_both_sides_of_a_split_are_known_apart(style: str) -> None:
    flow = flow_of(SPLITS[style] + "\nm = LogisticRegression()\nm.fit(a, c)\nprint(accuracy_score(d, m.predict(b)))\n")
    (evaluation,) = flow.evaluations
    assert evaluation.rows
    assert evaluation.trained
    assert evaluation.held_out


@pytest.mark.parametrize(
    "score",
    [
        "accuracy_score(d, m.predict(b))",
        "m.score(b, d)",
        "(m.predict(b) == d).mean()",
        "np.mean(m.predict(b) == d)",
        "np.sqrt(np.mean((d - m.predict(b)) ** 2))",
        "sum(m.predict(b) == d) / len(d)",
        "np.abs(d - m.predict(b)).mean()",
        "my_metrics(d, m.predict(b))",
        "evaluate(m, b, d)",
    ],
)
def test_scores_are_recognised(score: str) -> None:
    body = ""
    if score.startswith("evaluate"):
        body = "def evaluate(m, x, t):\n    p = m.predict(x)\n    return accuracy_score(t, p)\n\n"
    body += "from metrics import my_metrics\n"
    flow = flow_of(body + f"a, b, c, d = train_test_split(X, y)\nm = LogisticRegression().fit(a, c)\nprint({score})\n")
    assert [e.held_out for e in flow.evaluations] == [True]


def test_training_rows_are_not_held_out() -> None:
    flow = flow_of("m = LogisticRegression().fit(X, y)\nprint(m.score(X, y))\n")
    assert [e.held_out for e in flow.evaluations] == [False]


def test_a_refit_forgets_the_first_fit() -> None:
    flow = flow_of(
        "a, b, c, d = train_test_split(X, y)\ns = StandardScaler()\ns.fit(X)\ns.fit(a)\n"
        "m = LogisticRegression().fit(s.transform(a), c)\nprint(m.score(s.transform(b), d))\n"
    )
    (evaluation,) = flow.evaluations
    assert [learned.rows for learned in evaluation.learned] == [evaluation.trained]


def test_pipelines_learn_inside_the_folds() -> None:
    flow = flow_of("print(cross_val_score(make_pipeline(StandardScaler(), LogisticRegression()), X, y))\n")
    (evaluation,) = flow.evaluations
    assert evaluation.kind is EvaluationKind.CROSS_VALIDATION
    assert evaluation.learned == frozenset()


def test_branches_join_and_constants_choose() -> None:
    both = flow_of("if unknown():\n    X = StandardScaler().fit_transform(X)\nm = LogisticRegression().fit(X, y)\n")
    assert both.trainings[0].features.learned
    neither = flow_of("if False:\n    X = StandardScaler().fit_transform(X)\nm = LogisticRegression().fit(X, y)\n")
    assert not neither.trainings[0].features.learned


COLUMNS = {
    "X": False,
    "df": True,
    "df.drop('y', axis=1)": False,
    "df.drop(['id'], axis=1)": True,
    "df[['a', 'y']]": True,
    "df[['a']]": False,
    "df.loc[:, df.columns != 'y']": False,
    "df[[c for c in df.columns if c != 'y']]": False,
    "df[[c for c in df if c not in ('id', 'y')]]": False,
    "df[[c for c in df.columns if c not in ('id',)]]": True,
    "df[df.columns.drop('y')]": False,
    "df[df.columns.difference(['y'])]": False,
    "df[df.columns[:-1]]": False,
    "df.select_dtypes('number')": False,
    "df.copy().fillna(0)": True,
    "df.rename(columns={'y': 'z'})": False,
    "df.set_index('y')": False,
    "df.iloc[:, 1:]": False,
    "df.drop(columns=['a'] + ['y'])": False,
}


@pytest.mark.parametrize(("features", "holds"), COLUMNS.items())
def test_columns_are_followed(features: str, holds: bool) -> None:
    (training,) = flow_of(f"m = LogisticRegression().fit({features}, y)\n").trainings
    columns = training.features.columns
    assert columns is not None
    assert columns.holds("y") is holds


def test_positions_and_names_do_not_mix() -> None:
    columns = Columns(1).drop(frozenset({"#-1"}), None)
    assert not columns.holds("#-1")
    assert columns.holds("#0")
    assert not columns.holds("y"), "the last column may be y"


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("X_train", "train"),
        ("xtest", "test"),
        ("y_val", "validation"),
        ("testX", "test"),
        ("X_test_scaled", "test"),
        ("df_train", "train"),
        ("holdout", "test"),
        ("latest", None),
        ("trainer", None),
        ("values", None),
        ("df", None),
    ],
)
def test_roles_of_names(name: str, role: str | None) -> None:
    assert role_of_name(name) == role


def test_libraries_are_found_by_package_and_last_word() -> None:
    scaler = find("sklearn.preprocessing._data.StandardScaler")
    assert scaler is not None
    assert scaler.act is Act.TRANSFORMER
    assert find("cuml.preprocessing.StandardScaler") == scaler
    assert find("mylib.StandardScaler") is not None, "a class called Scaler scales"
    assert find("mylib.frobnicate") is None
    assert by_bare_name("train_test_split") is not None
    assert by_bare_name("load") is None
