"""Which rows a score was computed on: the same evaluation is proved, another one is seen, and nothing is disturbed."""

from __future__ import annotations

from typing import Any

import pytest

DATA = """
import numpy as np
rng = np.random.RandomState(0)
X = rng.normal(size=(200, 3)); y = (X[:, 0] > 0).astype(int)
from sklearn.linear_model import LogisticRegression
model = LogisticRegression()
"""
HOLDOUT = DATA + "model.fit(X[:150], y[:150]); X_te, y_te = X[150:], y[150:]; p = model.predict(X_te)\n"

STYLES = {
    "function": HOLDOUT + "from sklearn.metrics import accuracy_score\n__mlestar_report__(accuracy_score(y_te, p))",
    "module": HOLDOUT + "import sklearn.metrics as m\n__mlestar_report__(m.roc_auc_score(y_te, p))",
    "keyword": HOLDOUT + "from sklearn import metrics\n__mlestar_report__(metrics.f1_score(y_pred=p, y_true=y_te))",
    "root": HOLDOUT + "from sklearn.metrics import mean_squared_error as e\n__mlestar_report__(e(y_te, p) ** 0.5)",
    "error rate": HOLDOUT + "from sklearn.metrics import accuracy_score as a\n__mlestar_report__(1 - a(y_te, p))",
    "rounded": HOLDOUT + "from sklearn.metrics import log_loss\n"
    "__mlestar_report__(round(log_loss(y_te, model.predict_proba(X_te)), 4))",
    "score method": HOLDOUT + "__mlestar_report__(model.score(X_te, y_te))",
    "several": HOLDOUT + "from sklearn.metrics import accuracy_score as a, f1_score\n"
    "f1_score(y[:150], model.predict(X[:150])); s = a(y_te, p); a(y[:150], model.predict(X[:150]))\n"
    "__mlestar_report__(s)",
}
FOLDS = {
    "cross_val_score": DATA + "from sklearn.model_selection import cross_val_score\n"
    "__mlestar_report__(cross_val_score(model, X, y, cv=4, scoring='roc_auc').mean())",
    "cross_validate": DATA + "from sklearn.model_selection import cross_validate\n"
    "__mlestar_report__(np.mean(cross_validate(model, X, y, cv=4, scoring=['f1', 'accuracy'])['test_accuracy']))",
    "loop": DATA + "from sklearn.model_selection import KFold\nfrom sklearn.metrics import f1_score\nscores = []\n"
    "for a, b in KFold(4).split(X):\n    scores.append(f1_score(y[b], model.fit(X[a], y[a]).predict(X[b])))\n"
    "__mlestar_report__(np.mean(scores))",
}


@pytest.mark.parametrize("style", STYLES)
async def test_a_held_out_score_says_its_rows(bench: Any, style: str) -> None:
    result = await bench.run(STYLES[style])
    assert result.score is not None and result.rows == 50 and result.evaluation


@pytest.mark.parametrize("style", FOLDS)
async def test_a_mean_over_folds_says_its_rows(bench: Any, style: str) -> None:
    result = await bench.run(FOLDS[style])
    assert result.score is not None and result.rows == 200 and result.evaluation


async def test_the_same_rows_have_the_same_digest_whatever_the_model_says(bench: Any) -> None:
    text = STYLES["function"]
    first = await bench.run(text)
    other_model = await bench.run(text.replace("LogisticRegression()", "LogisticRegression(C=1e-4)"))
    as_floats = await bench.run(text.replace("y_te = X[150:], y[150:]", "y_te = X[150:], y[150:].astype(float)"))
    other_rows = await bench.run(text.replace("y_te = X[150:], y[150:]", "y_te = X[140:190], y[140:190]"))
    fewer = await bench.run(text.replace("y_te = X[150:], y[150:]", "y_te = X[160:], y[160:]"))
    assert set(first.evaluation) & set(other_model.evaluation) & set(as_floats.evaluation)
    assert other_rows.rows == 50 and not set(other_rows.evaluation) & set(first.evaluation)
    assert fewer.rows == 40


async def test_a_score_by_hand_has_no_proof(bench: Any) -> None:
    result = await bench.run(HOLDOUT + "__mlestar_report__((p == y_te).mean() + 0.123)")
    assert result.score is not None and result.rows is None and result.evaluation == ()


async def test_a_fold_that_scores_like_the_mean_is_no_other_evaluation(bench: Any) -> None:
    """With a perfect model every fold's score is the mean: both explanations are kept."""
    perfect = await bench.run(FOLDS["cross_val_score"])
    worse = await bench.run(FOLDS["cross_val_score"].replace("(model, X, y", "(model, X[:, 1:], y"))
    assert perfect.score == 1.0 and len(perfect.evaluation) > 1
    assert worse.score is not None and worse.score < 0.9
    assert set(worse.evaluation) & set(perfect.evaluation)


async def test_watched_metrics_are_still_themselves(bench: Any) -> None:
    """Pickling by name, make_scorer in worker processes and signatures go on as before."""
    text = (
        DATA
        + """
import inspect, pickle
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import cross_val_score
assert pickle.loads(pickle.dumps(accuracy_score)) is accuracy_score
assert list(inspect.signature(accuracy_score).parameters)[:2] == ["y_true", "y_pred"]
scorer = pickle.loads(pickle.dumps(make_scorer(accuracy_score)))
__mlestar_report__(cross_val_score(model, X, y, cv=3, n_jobs=2, scoring=scorer).mean())
"""
    )
    result = await bench.run(text)
    assert result.score is not None, result
