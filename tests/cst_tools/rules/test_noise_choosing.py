"""Safe fixes of choices proved by running: skill on pure-noise labels before, chance after."""

from __future__ import annotations

import contextlib
import io

import pytest

from cst_tools.edits import apply_edits
from cst_tools.rules import check
from cst_tools.script import Script
from cst_tools.types import FixClass, Severity

HEAD = """\
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.tree import DecisionTreeClassifier
{imports}
rng = np.random.default_rng(0)
df = pd.DataFrame(rng.normal(size=({rows}, 5)), columns=[f"c{{i}}" for i in range(5)])
df["y"] = rng.integers(0, 2, size={rows})
X, y = df.drop(columns="y"), df["y"]
"""


def run(text: str) -> float:
    """The last number that the program prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "program", "exec"), {"__name__": "__main__"})
    return float(out.getvalue().split()[-1])


def fixed(text: str, code: str) -> str:
    (finding,) = [f for f in check(Script.parse(text)) if f.severity is not Severity.INFORMATION]
    assert finding.code == code
    assert finding.fix is not None
    assert finding.fix.safety is FixClass.SAFE
    return apply_edits(text, finding.fix.edits)


STACKS = {
    "named": (
        "a = RandomForestClassifier(random_state=0)\na.fit(X_train, y_train)\nZ = a.predict_proba(X_train)\n"
    ),
    "chained": (
        "a = DecisionTreeClassifier(random_state=0).fit(X_train, y_train)\nZ = a.predict(X_train).reshape(-1, 1)\n"
    ),
    "two": (
        "a = RandomForestClassifier(random_state=0).fit(X_train, y_train)\n"
        "b = DecisionTreeClassifier(random_state=0).fit(X_train, y_train)\n"
        "Z = np.column_stack([a.predict_proba(X_train)[:, 1], b.predict(X_train)])\n"
    ),
    "loop": (
        "Z = pd.DataFrame()\nfor name, m in [('a', DecisionTreeClassifier()), ('b', RandomForestClassifier())]:\n"
        "    m.fit(X_train, y_train)\n    Z[name] = m.predict(X_train)\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("stack", STACKS.values(), ids=STACKS)
def test_a_meta_model_on_out_of_fold_predictions_is_at_chance(stack: str) -> None:
    text = HEAD.format(imports="", rows=400) + (
        "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)\n" + stack
        + "print(cross_val_score(LogisticRegression(), Z, y_train, cv=5).mean())\n"
    )  # fmt: skip
    assert run(text) > 0.9, "the base model knows its training rows by heart"
    assert 0.35 < run(fixed(text, "L306")) < 0.65


BOOSTED = """\
scores = []
for seed in range(12):
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=60, random_state=seed)
{body}
print(np.mean(scores))
"""
PARAMETERS = '{"objective": "binary", "metric": "binary_error", "learning_rate": 0.3, "verbose": -1, "num_threads": 1, '
LIGHTGBM = {
    "data sets": f"""\
    train_set = lgb.Dataset(X_train, y_train)
    test_set = lgb.Dataset(X_test, y_test, reference=train_set)
    model = lgb.train({PARAMETERS}"min_data_in_leaf": 5}}, train_set, 80, valid_sets=[test_set],
                      callbacks=[lgb.early_stopping(80, verbose=False)])
    scores.append(accuracy_score(y_test, model.predict(X_test) > 0.5))""",
    "patience among the parameters": f"""\
    train_set = lgb.Dataset(X_train, label=y_train)
    test_set = lgb.Dataset(X_test, label=y_test, reference=train_set)
    watched = [test_set]
    model = lgb.train({PARAMETERS}"early_stopping_round": 80}}, train_set, num_boost_round=80, valid_sets=watched)
    scores.append(accuracy_score(y_test, model.predict(X_test) > 0.5))""",
    "keywords": """\
    watched = [(X_train, y_train), (X_test, y_test)]
    model = lgb.LGBMClassifier(n_estimators=80, learning_rate=0.3, verbose=-1, n_jobs=1, min_child_samples=5)
    model.fit(X=X_train, y=y_train, eval_set=watched, eval_metric="error",
              callbacks=[lgb.early_stopping(80, verbose=False, first_metric_only=True)])
    scores.append(accuracy_score(y_test, model.predict(X_test)))""",
}


@pytest.mark.parametrize("body", LIGHTGBM.values(), ids=LIGHTGBM)
def test_rounds_chosen_on_a_carved_part_are_at_chance(body: str) -> None:
    pytest.importorskip("lightgbm")
    text = HEAD.format(imports="import lightgbm as lgb", rows=200) + BOOSTED.format(body=body)
    leaky, honest = run(text), run(fixed(text, "L302"))
    assert leaky > 0.55
    assert abs(honest - 0.5) < 0.06
    assert honest < leaky


def test_an_xgboost_data_set_with_a_watch_list_is_carved() -> None:
    pytest.importorskip("xgboost")
    body = """\
    train_set = xgb.DMatrix(X_train, label=y_train)
    test_set = xgb.DMatrix(X_test, label=y_test)
    model = xgb.train({"objective": "binary:logistic", "eval_metric": "error", "eta": 0.3, "nthread": 1}, train_set, 80,
                      evals=[(test_set, "test")], early_stopping_rounds=80, verbose_eval=False)
    best = (0, model.best_iteration + 1)
    scores.append(accuracy_score(y_test, model.predict(test_set, iteration_range=best) > 0.5))"""
    text = HEAD.format(imports="import xgboost as xgb", rows=200) + BOOSTED.format(body=body)
    leaky, honest = run(text), run(fixed(text, "L302"))
    assert leaky > 0.55
    assert abs(honest - 0.5) < 0.06
    assert honest < leaky
