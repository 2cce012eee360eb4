"""Which scripts have a split that a seed moves."""

from __future__ import annotations

import ast

import pytest

from cst_tools.splits import split_depends_on_seed

MOVED = [
    "a, b = train_test_split(X, y, random_state=1)",
    "from sklearn.model_selection import train_test_split as tts\na, b = tts(X)",
    "s = cross_val_score(m, X, y, cv=5)",
    "s = cross_val_score(m, X, y)",
    "N = 5\ns = cross_val_score(m, X, y, cv=N)",
    "kf = StratifiedKFold(5, shuffle=True, random_state=0)",
    "train = df.sample(frac=0.8, random_state=1)\ntest = df.drop(train.index)",
    "mask = np.random.rand(len(df)) < 0.8",
    "idx = rng.permutation(n)",
    "a, b = torch.utils.data.random_split(ds, [800, 200])",
]
FIXED = [
    "train, test = df[:800], df[800:]",
    "train = pd.read_csv('train.csv')\ntest = pd.read_csv('test.csv')",
    "a, b = train_test_split(X, shuffle=False)",
    "kf = KFold(5)\nfor a, b in kf.split(X): pass",
    "s = cross_val_score(m, X, y, cv=TimeSeriesSplit(5))",
    "tscv = TimeSeriesSplit(5)\ns = cross_val_score(m, X, y, cv=tscv)",
    "train = df[df.date < '2020-01-01']",
    "noise = np.random.rand(3)",
]


@pytest.mark.parametrize("code", MOVED)
def test_moved(code: str) -> None:
    assert split_depends_on_seed(ast.parse(code))


@pytest.mark.parametrize("code", FIXED)
def test_fixed(code: str) -> None:
    assert not split_depends_on_seed(ast.parse(code))
