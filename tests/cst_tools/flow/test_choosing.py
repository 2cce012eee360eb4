"""Scores as values, and what they decide."""

from __future__ import annotations

import ast

import pytest

from cst_tools.flow import Flow, follow
from cst_tools.flow.choosing import How, Reported, Selection
from cst_tools.flow.values import EvaluationKind, Learns

HEAD = """\
import numpy as np, pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_curve, precision_recall_curve
from sklearn.model_selection import train_test_split, cross_val_score, GridSearchCV
df = pd.read_csv("a.csv")
X, y = df.drop(columns=["y"]), df["y"]
a, b, c, d = train_test_split(X, y)
m = LogisticRegression().fit(a, c)
p = m.predict_proba(b)[:, 1]
s = m.score(b, d)
"""
LINES = HEAD.count("\n")


def flow_of(body: str) -> Flow:
    flow = follow(ast.parse(HEAD + body))
    assert flow.complete
    assert flow.failures == ()
    return flow


def chosen(body: str) -> list[tuple[How, int]]:
    """How, and in which line of ``body``, something was chosen."""
    return [(e.how, e.place.line - LINES) for e in flow_of(body).of(Selection)]


SCORES = {
    "metric": "t = accuracy_score(d, m.predict(b))",
    "method": "t = m.score(b, d)",
    "by hand": "t = (m.predict(b) == d).mean()",
    "numpy": "t = np.mean(m.predict(b) == d)",
    "rounded": "t = round(100 * m.score(b, d), 2)",
    "error": "t = 1 - m.score(b, d)",
    "negated": "t = -m.score(b, d)",
    "root": "t = np.sqrt(m.score(b, d))",
    "sum of two": "t = 0.5 * m.score(b, d) + 0.5 * accuracy_score(d, m.predict(b))",
    "unpacked": "_, t = m.evaluate(b, d)",
    "looked up": "t = {'acc': m.score(b, d)}['acc']",
    "in a table": "t = pd.DataFrame({'acc': [m.score(b, d)], 'name': ['x']})['acc'].mean()",
    "from a function": "def f(model, x, z):\n    return accuracy_score(z, model.predict(x))\n\nt = f(m, b, d)",
    "mean of a list": "ts = []\nts.append(m.score(b, d))\nt = np.mean(ts)",
    "sum of a list": "ts = [m.score(b, d)]\nt = sum(ts) / len(ts)",
    "counted": "n = 0\nn += (m.predict(b) == d).sum()\nt = n / len(d)",
    "own metric": "t = my_lib.some_score(d, m.predict(b))",
}


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)
def test_a_score_travels_to_the_comparison(score: str) -> None:
    flow = flow_of(score + "\nbest = 0\nif t > best:\n    best = t\n")
    (selection,) = flow.of(Selection)
    assert selection.how is How.COMPARE
    assert {s.kind for s in selection.scores} == {EvaluationKind.METRIC}
    (rows,) = {s.rows for s in selection.scores}
    assert rows == flow.evaluations[0].rows
    assert selection.trained
    assert not rows & selection.trained


BEST = {
    "max": ("print(max(s, m.score(b, d)))", How.EXTREME),
    "numpy": ("print(np.max([s, s]))", How.EXTREME),
    "argmax": ("i = np.argmax([s, s])", How.POSITION),
    "by key": ("r = {'a': s}\nn = max(r, key=r.get)", How.POSITION),
    "by items": ("r = {'a': s}\nn, v = max(r.items(), key=lambda i: i[1])", How.EXTREME),
    "of tuples": ("t = max([(s, 'a'), (s, 'b')])", How.EXTREME),
    "of models": ("t = max([m], key=lambda z: z.score(b, d))", How.POSITION),
    "first of sorted": ("t = sorted([(s, 'a')], reverse=True)[0]", How.EXTREME),
    "list sorted in place": ("r = [(s, 'a')]\nr.sort()\nt = r[-1]", How.EXTREME),
    "table": ("t = pd.Series({'a': s}).idxmax()", How.POSITION),
    "table sorted": ("t = pd.DataFrame([{'a': s}]).sort_values('a').iloc[0]", How.EXTREME),
    "table sorted, head": ("t = pd.DataFrame([{'a': s}]).sort_values('a').head(1)", How.EXTREME),
    "index of max": ("r = [s]\nt = r.index(max(r))", How.EXTREME),
    "either": ("t = m if s > accuracy_score(d, p > 0.5) else None", How.COMPARE),
    "stopper": ("from tools import EarlyStopping\nstop = EarlyStopping(5)\nstop(s, m)", How.PATIENCE),
}


@pytest.mark.parametrize(("body", "how"), BEST.values(), ids=BEST)
def test_taking_the_best_is_a_choice(body: str, how: How) -> None:
    assert [h for h, _ in chosen(body)] == [how]


@pytest.mark.parametrize(
    "body",
    [
        "print(s)",
        "r = {'a': s}\nprint(sorted(r.items(), key=lambda i: i[1]))",
        "for n, v in sorted({'a': s}.items()):\n    print(n, v)",
        "print(pd.DataFrame([{'a': s}]).sort_values('a'))",
        "print(pd.DataFrame([{'a': s}]).sort_values('a').head())",
        "r = [s]\nprint(r[0], np.mean(r), np.std(r))",
        "print(max([1, 2]), min(len(b), 5))",
        "q = b.max()\nprint(np.argmax(p), p.max())",
        "h = [1, 2]\nh.sort()\nprint(h[0])",
    ],
)
def test_looking_at_scores_is_none(body: str) -> None:
    assert chosen(body) == []


SEARCHES = {
    "optuna": "def f(t):\n    return LogisticRegression(C=t.x).fit(a, c).score(b, d)\n\nq.optimize(f, n_trials=9)\n",
    "lambda": "def f(t, u):\n    return m.score(u, d)\n\nq.optimize(lambda t: f(t, b))\n",
    "object": "class F:\n    def __call__(self, t):\n        return m.score(b, d)\n\nq.optimize(F())\n",
    "method": (
        "class F:\n    def run(self, t):\n        return m.score(b, d)\n\n    def go(self):\n"
        "        q.optimize(self.run)\n\nF().go()\n"
    ),
    "hyperopt": "from hyperopt import fmin\ndef f(t):\n    return {'loss': -m.score(b, d)}\n\nfmin(f, {})\n",
    "skopt": "from skopt import gp_minimize\ndef f(t):\n    return 1 - m.score(b, d)\n\ngp_minimize(f, [])\n",
    "scipy": "from scipy.optimize import minimize\nminimize(lambda w: -accuracy_score(d, w * p > 0.5), [1])\n",
    "bayes_opt": (
        "from bayes_opt import BayesianOptimization\ndef f(k):\n    return m.score(b, d)\n\n"
        "BayesianOptimization(f=f, pbounds={}).maximize()\n"
    ),
}


@pytest.mark.parametrize("body", SEARCHES.values(), ids=SEARCHES)
def test_a_search_follows_its_objective(body: str) -> None:
    assert [h for h, _ in chosen("import optuna\nq = optuna.create_study()\n" + body)] == [How.SEARCH]


def test_settings_that_a_search_chose_reach_the_score() -> None:
    flow = flow_of(
        "import optuna\nq = optuna.create_study()\nq.optimize(lambda t: m.score(b, d))\n"
        "n = LogisticRegression(**q.best_params).fit(a, c)\nprint(n.score(b, d), q.best_value)\n"
    )
    last = flow.evaluations[-1]
    assert [(x.kind, x.rows) for x in last.learned] == [(Learns.CHOICE, last.rows)]
    assert [e.place.line - LINES for e in flow.of(Reported)] == [5]


@pytest.mark.parametrize(
    "body",
    [
        "fpr, tpr, t = roc_curve(d, p)\ncut = t[np.argmax(tpr - fpr)]\n",
        "x, z, t = precision_recall_curve(d, p)\nf = 2 * x * z / (x + z)\ncut = t[f.argmax()]\n",
        "ts = np.linspace(0, 1)\nfs = [accuracy_score(d, p > t) for t in ts]\ncut = ts[np.argmax(fs)]\n",
        (
            "best, cut = 0, 0\nfor t in np.arange(0, 1, 0.1):\n    f = accuracy_score(d, p > t)\n    if f > best:\n"
            "        best, cut = f, t\n"
        ),
    ],
)
def test_a_chosen_threshold_is_lineage_of_the_labels_it_cuts(body: str) -> None:
    flow = flow_of(body + "print(accuracy_score(d, (p >= cut).astype(int)))\n")
    assert Learns.CHOICE in {x.kind for x in flow.evaluations[-1].learned}
    last = flow.evaluations[-1]
    assert all(x.rows == last.rows for x in last.learned if x.kind is Learns.CHOICE)


def test_a_literal_threshold_is_not() -> None:
    flow = flow_of("print(accuracy_score(d, p > 0.3))\nt = 0.4\nprint(accuracy_score(d, p > t))\n")
    assert [{x.kind for x in e.learned} for e in flow.evaluations[1:]] == [set(), {Learns.CUT}]


def test_the_best_settings_of_a_grid_remember_its_rows() -> None:
    flow = flow_of(
        "g = GridSearchCV(LogisticRegression(), {'C': [1]}).fit(X, y)\n"
        "print(cross_val_score(g.best_estimator_, X, y), cross_val_score(g, X, y))\n"
    )
    tuned, nested = (e for e in flow.evaluations if e.kind is EvaluationKind.CROSS_VALIDATION)
    assert {x.kind for x in tuned.learned} == {Learns.CHOICE}
    assert nested.learned == frozenset()


def test_arms_under_a_score_are_marked() -> None:
    flow = flow_of(
        "best, kept = 0, None\nfor k in (1, 2):\n    n = LogisticRegression(C=k).fit(a, c)\n"
        "    t = n.score(b, d)\n    if t > best:\n        best, kept = t, n\n"
        "print(accuracy_score(d, kept.predict(b)))\n"
    )
    assert {x.kind for x in flow.evaluations[-1].learned} == {Learns.CHOICE}
