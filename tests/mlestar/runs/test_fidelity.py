"""Runs at reduced fidelity: what is taken away, what must stay, and that the server is told."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlestar.runs.keys import run_key
from mlestar.runs.local import LocalExecutor
from mlestar.runs.types import Fidelity, RunResult, RunStatus, Taken

from .conftest import Bench, until

TENTH = Fidelity("rows 10 %", rows=0.1, target="target")
SAY = "\nimport json\n__mlestar_report__(1.0)\nprint(json.dumps(said))\n"


def said(result: RunResult) -> Any:
    """What the script printed as JSON on its last line."""
    assert result.status is RunStatus.OK, result.reason + result.stderr
    return json.loads(result.stdout.strip().splitlines()[-1])


def rows_taken(result: RunResult) -> dict[str, tuple[int, int]]:
    return {t.name: (t.before, t.after) for t in result.taken if t.kind == "rows"}


def table(folder: Path, name: str = "train.csv", rows: int = 20_000, **columns: Any) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    made = {"x": rng.normal(size=rows), "target": (rng.random(rows) < 0.01).astype(int)}
    frame = pd.DataFrame({**made, **columns})
    frame.to_csv(folder / name, index=False)
    return frame


async def test_every_class_keeps_enough_rows_and_the_order_stays(bench: Bench) -> None:
    whole = table(bench.folder, n=np.arange(20_000))
    script = (
        "import pandas as pd\ndf = pd.read_csv('train.csv')\n"
        "said = [len(df), int(df.target.sum()), bool(df.n.is_monotonic_increasing), list(df.index[:3])]" + SAY
    )
    result = await bench.run(script, fidelity=TENTH)
    rows, rare, ordered, index = said(result)
    assert rows_taken(result) == {"train.csv": (20_000, rows)}
    assert 1_900 < rows < 2_200
    assert rare == max(30, round(int(whole.target.sum()) * 0.1))
    assert ordered
    assert index == [0, 1, 2]
    assert next(t for t in result.taken).how == "by class"


async def test_the_same_rows_for_every_variant_and_other_rows_for_another_seed(bench: Bench) -> None:
    table(bench.folder, n=np.arange(20_000))
    small = {"name": ["a", "b"], "n": [1, 2]}
    pd.DataFrame(small).to_csv(bench.folder / "small.csv", index=False)
    base = "import pandas as pd\ndf = pd.read_csv('train.csv')\nsaid = df.n.tolist()" + SAY
    variant = (
        "import numpy, random, pandas as pd\nrandom.random()\n"
        "small = pd.read_csv('small.csv')\nassert len(small) == 2\n"
        "df = pd.read_csv('train.csv', usecols=['target', 'n'])\nsaid = df.n.tolist()" + SAY
    )
    first, same = await bench.run(base, fidelity=TENTH), await bench.run(variant, fidelity=TENTH)
    other = await bench.run(base, fidelity=TENTH, seed=1)
    assert said(first) == said(same)
    assert said(first) != said(other)
    assert rows_taken(same)["small.csv"] == (2, 2)


async def test_whole_groups_stay_or_go(bench: Bench) -> None:
    rng = np.random.default_rng(1)
    whole = table(bench.folder, patient=rng.integers(0, 400, 20_000))
    sizes = whole.groupby("patient").size().to_dict()
    script = (
        "import pandas as pd\ndf = pd.read_csv('train.csv')\n"
        "said = {int(k): int(v) for k, v in df.groupby('patient').size().items()}" + SAY
    )
    result = await bench.run(script, fidelity=replace(TENTH, group=("patient",)))
    kept = {int(key): value for key, value in said(result).items()}
    assert kept.items() <= sizes.items()
    assert 0.08 < len(kept) / 400 < 0.2


async def test_few_groups_all_stay(bench: Bench) -> None:
    table(bench.folder, site=np.arange(20_000) % 12)
    script = "import pandas as pd\ndf = pd.read_csv('train.csv')\nsaid = int(df.site.nunique())" + SAY
    assert said(await bench.run(script, fidelity=replace(TENTH, group=("site",)))) == 12


async def test_a_series_keeps_its_most_recent_rows_side_by_side(bench: Bench) -> None:
    days = pd.date_range("2001-01-01", periods=5_000).strftime("%Y-%m-%d")
    table(bench.folder, rows=20_000, day=[*days] * 4, shop=np.repeat([1, 2, 3, 4], 5_000))
    script = (
        "import pandas as pd\ndf = pd.read_csv('train.csv')\n"
        "said = [df.day.min(), df.day.max(), [int(n) for n in df.groupby('shop').size()]]" + SAY
    )
    first, last, sizes = said(await bench.run(script, fidelity=replace(TENTH, time="day")))
    assert (first, last) == (days[-500], days[-1])
    assert sizes == [500] * 4
    ordered = "import pandas as pd\ndf = pd.read_csv('train.csv')\nsaid = [len(df), df.day.iloc[0]]" + SAY
    assert said(await bench.run(ordered, fidelity=replace(TENTH, ordered=True)))[0] == 2_000


async def test_joins_find_their_partners(bench: Bench) -> None:
    rng = np.random.default_rng(2)
    table(bench.folder, customer_id=np.arange(20_000), city_id=rng.integers(0, 3_000, 20_000))
    cities = pd.DataFrame({"city_id": np.arange(3_000), "size": rng.normal(size=3_000)})
    cities.to_csv(bench.folder / "cities.csv", index=False)
    visits = pd.DataFrame({"customer_id": rng.integers(0, 20_000, 60_000), "spent": rng.random(60_000)})
    visits.to_csv(bench.folder / "visits.csv", index=False)
    table(bench.folder, "test.csv", customer_id=np.arange(20_000, 40_000), city_id=0)
    frame = pd.read_csv(bench.folder / "test.csv").drop(columns="target")
    frame.to_csv(bench.folder / "test.csv", index=False)
    script = (
        "import pandas as pd\ncities = pd.read_csv('cities.csv')\ndf = pd.read_csv('train.csv')\n"
        "test = pd.read_csv('test.csv')\nvisits = pd.read_csv('visits.csv')\n"
        "joined = df.merge(cities, on='city_id', how='left')\n"
        "each = visits.groupby('customer_id').size()\n"
        "said = [len(cities), len(df), len(test), int(joined['size'].isna().sum()),\n"
        "        bool(visits.customer_id.isin(df.customer_id).all()), float(df.customer_id.map(each).mean())]" + SAY
    )
    cities_kept, train, test, unjoined, consistent, visits_each = said(await bench.run(script, fidelity=TENTH))
    assert cities_kept == 3_000
    assert train < 2_300 and test < 2_300
    assert unjoined == 0
    assert consistent
    full = visits.groupby("customer_id").size().mean()
    assert visits_each == pytest.approx(full, rel=0.05)  # customers that stayed have all their visits


async def test_arrays_side_by_side_stay_aligned(bench: Bench) -> None:
    rng = np.random.default_rng(3)
    x, y = np.arange(10_000) * 2, rng.integers(0, 3, 10_000)
    np.save(bench.folder / "x.npy", np.c_[x, y])
    np.savez(bench.folder / "all.npz", y=y, weights=rng.random(10))
    script = (
        "import numpy as np\nX = np.load('x.npy')\nwith np.load('all.npz') as z:\n    y, w = z['y'], z['weights']\n"
        "said = [len(X), len(w), bool((X[:, 1] == y).all())]" + SAY
    )
    assert said(await bench.run(script, fidelity=TENTH)) == [1_000, 10, True]


async def test_datasets_of_a_library(bench: Bench) -> None:
    rows = "\n".join(f"{i % 2} 1:{i} 2:{i * 2}" for i in range(5_000))
    (bench.folder / "data.svm").write_text(rows)
    script = (
        "from sklearn.datasets import load_svmlight_file, load_breast_cancer\n"
        "X, y = load_svmlight_file('data.svm')\nsmall = load_breast_cancer()\n"
        "said = [X.shape[0], len(y), float(y.mean()),\n"
        "        bool((X[:, 0].toarray().ravel() % 2 == y).all()), len(small.data)]"
    )
    assert said(await bench.run(script + SAY, fidelity=TENTH)) == [1_000, 1_000, 0.5, True, 569]


async def test_rows_of_the_csv_module(bench: Bench) -> None:
    table(bench.folder)
    script = (
        "import csv\nwith open('train.csv') as file:\n    rows = list(csv.DictReader(file))\n"
        "with open('train.csv') as file:\n    plain = list(csv.reader(file))\n"
        "said = [len(rows), len(plain), sum(r['target'] == '1' for r in rows), sorted(rows[0])]" + SAY
    )
    rows, plain, rare, names = said(await bench.run(script, fidelity=TENTH))
    assert rows < 2_200
    assert plain == rows + 1
    assert rare >= 20
    assert names == ["target", "x"]


async def test_nothing_to_reduce_is_told(bench: Bench) -> None:
    table(bench.folder, rows=1_500)
    script = (
        "import pandas as pd\nfrom sklearn.datasets import make_classification\n"
        "X, y = make_classification(n_samples=9000)\nsaid = [len(pd.read_csv('train.csv')), len(X)]" + SAY
    )
    result = await bench.run(script, fidelity=TENTH)
    assert said(result) == [1_500, 9_000]
    assert all(t.before == t.after for t in result.taken)


FOLDS = """
import numpy as np
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold, TimeSeriesSplit, cross_val_predict, cross_val_score
X, y = make_classification(n_samples=300, random_state=0)
model = LogisticRegression()
"""


async def test_fewer_folds_where_they_are_averaged(bench: Bench) -> None:
    script = (
        FOLDS + "scores = []\nfor train, test in KFold(5).split(X):\n"
        "    model.fit(X[train], y[train])\n    fold = model.score(X[test], y[test])\n    scores.append(fold)\n"
        "grid = GridSearchCV(model, {'C': [0.1, 1]}, cv=4).fit(X, y)\n"
        "said = [len(cross_val_score(model, X, y, cv=KFold(5))), len(cross_val_score(model, X, y)), len(scores),\n"
        "        sum(k.startswith('split') for k in grid.cv_results_),\n"
        "        len(cross_val_predict(model, X, y, cv=5)), KFold(5).get_n_splits()]" + SAY
    )
    result = await bench.run(script, fidelity=Fidelity("two folds", folds=2))
    assert said(result) == [2, 2, 2, 2, 300, 5]
    assert {(t.before, t.after) for t in result.taken} == {(5, 2), (4, 2)}
    assert said(await bench.run(script)) == [5, 5, 5, 4, 300, 5]


async def test_folds_that_fill_an_array_are_all_computed(bench: Bench) -> None:
    filled = (
        FOLDS + "oof, scores, kept = np.full(300, np.nan), [], []\n"
        "for i, (train, test) in enumerate(KFold(5).split(X)):\n"
        "    model.fit(X[train], y[train])\n    oof[test] = model.predict_proba(X[test])[:, 1]\n"
        "    scores.append(model.score(X[test], y[test]))\n"
        "by_fold = np.zeros(5)\nfor i, (train, test) in enumerate(KFold(5).split(X)):\n"
        "    by_fold[i] = model.fit(X[train], y[train]).score(X[test], y[test])\n"
        "for train, test in KFold(5).split(X):\n"
        "    p = model.predict(X[test])\n    kept.append(p)\n"
        "said = [int(np.isnan(oof).sum()), len(scores), int((by_fold > 0).sum()), len(np.concatenate(kept))]" + SAY
    )
    result = await bench.run(filled, fidelity=Fidelity("one fold", folds=1))
    assert said(result) == [0, 5, 5, 300]
    assert result.taken == ()


async def test_in_time_the_last_folds_count(bench: Bench) -> None:
    script = (
        FOLDS
        + "sizes = []\nfor train, test in TimeSeriesSplit(5).split(X):\n    sizes.append(len(train))\nsaid = sizes"
    )
    assert said(await bench.run(script + SAY, fidelity=Fidelity("one fold", folds=1))) == [250]


async def test_fewer_rounds(bench: Bench) -> None:
    script = (
        FOLDS + "from sklearn.ensemble import (GradientBoostingClassifier, HistGradientBoostingClassifier,\n"
        "    RandomForestClassifier)\n"
        "forest = RandomForestClassifier(200).fit(X, y)\n"
        "boost = GradientBoostingClassifier(n_estimators=50).fit(X, y)\n"
        "hist = HistGradientBoostingClassifier(max_iter=100, early_stopping=True).fit(X, y)\n"
        "said = [len(forest.estimators_), forest.n_estimators, len(boost.estimators_), hist.n_iter_ <= 10,\n"
        "        hist.max_iter]" + SAY
    )
    result = await bench.run(script, fidelity=Fidelity("tenth of the rounds", rounds=0.1, curve=True))
    assert said(result) == [20, 200, 10, True, 100]
    assert Taken("rounds", "RandomForestClassifier", 200, 20) in result.taken
    assert Taken("rounds", "GradientBoostingClassifier", 50, 10) in result.taken
    assert result.curve and result.curve[-1] > result.curve[0]


LIGHTGBM = """
import lightgbm as lgb
data = lgb.Dataset(X[:200], y[:200])
held = lgb.Dataset(X[200:], y[200:], reference=data)
first = lgb.train({'objective': 'binary', 'verbose': -1}, data, num_boost_round=300, valid_sets=[held])
second = lgb.train({'objective': 'binary', 'verbose': -1, 'n_estimators': 200}, data)
third = lgb.LGBMClassifier(n_estimators=400, verbose=-1).fit(X, y)
said = [first.num_trees(), second.num_trees(), third.n_estimators_, third.n_estimators]
"""
XGBOOST = """
import xgboost as xgb
data, held = xgb.DMatrix(X[:200], y[:200]), xgb.DMatrix(X[200:], y[200:])
first = xgb.train({'objective': 'binary:logistic'}, data, 300, evals=[(held, 'held')], verbose_eval=False)
second = xgb.train({'objective': 'binary:logistic'}, data)
third = xgb.XGBClassifier(n_estimators=400).fit(X, y)
said = [first.num_boosted_rounds(), second.num_boosted_rounds() + 10, third.get_booster().num_boosted_rounds(),
        third.n_estimators]
"""
CATBOOST = """
from catboost import CatBoostClassifier, Pool, train
first = CatBoostClassifier(iterations=300, verbose=0).fit(X[:200], y[:200], eval_set=(X[200:], y[200:]),
                                                          use_best_model=False)
second = CatBoostClassifier(n_estimators=200, verbose=0).fit(X, y)
third = CatBoostClassifier(num_trees=400, verbose=0).fit(X, y)
said = [first.tree_count_, second.tree_count_, third.tree_count_, third.get_params()['num_trees']]
"""


@pytest.mark.parametrize("package", ["lightgbm", "xgboost", "catboost"])
async def test_fewer_rounds_of_boosting_libraries(bench: Bench, package: str) -> None:
    if package not in bench.interpreter.packages:
        pytest.skip(f"{package} is not installed")
    script = FOLDS + {"lightgbm": LIGHTGBM, "xgboost": XGBOOST, "catboost": CATBOOST}[package] + SAY
    result = await bench.run(script, fidelity=Fidelity("tenth of the rounds", rounds=0.1, curve=True))
    assert said(result) == [30, 20, 40, 400]
    assert {(t.before, t.after) for t in result.taken} >= {(300, 30), (400, 40)}
    assert len(result.curve) == 30
    assert result.curve[-1] > result.curve[0]


async def test_intermediate_scores_are_sent_while_the_run_goes_on(bench: Bench) -> None:
    if "lightgbm" not in bench.interpreter.packages:
        pytest.skip("lightgbm is not installed")
    script = FOLDS + LIGHTGBM + "import time\ntime.sleep(60)\n" + SAY
    points: list[float] = []
    local = LocalExecutor(home=bench.home)
    run = asyncio.ensure_future(local.run(bench.spec(script, fidelity=Fidelity(curve=True)), on_curve=points.append))
    assert await until(lambda: len(points) == 300, 50)
    run.cancel()  # as one does with a run that cannot win
    await asyncio.gather(run, return_exceptions=True)
    await local.close()
    assert points[50] > points[0]


async def test_polars_frames(bench: Bench) -> None:
    if "polars" not in bench.interpreter.packages:
        pytest.skip("polars is not installed")
    table(bench.folder, n=np.arange(20_000))
    script = "import polars as pl\ndf = pl.read_csv('train.csv')\nsaid = [len(df), df['n'].is_sorted()]" + SAY
    rows, ordered = said(await bench.run(script, fidelity=TENTH))
    assert rows < 2_200
    assert ordered


async def test_scores_of_other_rows_are_not_compared(bench: Bench) -> None:
    table(bench.folder)
    script = (
        "import pandas as pd\nfrom sklearn.metrics import roc_auc_score\ndf = pd.read_csv('train.csv')\n"
        "__mlestar_report__(roc_auc_score(df.target, df.x))\n"
    )
    whole, tenth = await bench.run(script), await bench.run(script, fidelity=TENTH)
    assert whole.rows == 20_000 and tenth.rows == rows_taken(tenth)["train.csv"][1]
    assert not set(whole.evaluation) & set(tenth.evaluation)


def test_each_fidelity_is_another_run(bench: Bench) -> None:
    spec = bench.spec("x = 1\n")
    keys = {run_key(replace(spec, fidelity=f)) for f in (Fidelity(), TENTH, replace(TENTH, folds=2, name="full"))}
    assert len(keys) == 3


async def test_runs_that_share_their_work_draw_the_same_rows(bench: Bench) -> None:
    table(bench.folder, n=np.arange(20_000))
    base = (
        "import pandas as pd\nimport numpy as np\ndf = pd.read_csv('train.csv')\nk = 1\nsaid = df.n.tolist()[:50]\n"
        "__mlestar_report__(float(df.x.mean()) + k)\nimport json\nprint(json.dumps(said))\n"
    )
    texts = [base, base.replace("k = 1", "k = 2")]
    specs = [bench.spec(text, fidelity=TENTH, seed=seed) for text in texts for seed in (0, 1)]
    together = await asyncio.gather(*(bench.scheduler.run(spec) for spec in specs))
    for spec, shared in zip(specs, together, strict=True):
        alone = await bench.scheduler.run(replace(spec, reuse=False))
        assert (said(alone), alone.score) == (said(shared), shared.score)
        assert rows_taken(alone) == rows_taken(shared)
