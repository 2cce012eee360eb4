"""Boosting and deep-learning libraries run as they are: seeds, facts about fits and evaluation do not break them.

The libraries of this Python are tried, or of the one that ``MLESTAR_TEST_PYTHON`` names.
"""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from mlestar.runs import find_interpreter
from mlestar.runs.types import Interpreter, RunStatus

from .conftest import Bench

DATA = """
import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(400, 5)).astype("float32")
y = (X[:, 0] + X[:, 1] > 0).astype(int)
from sklearn.metrics import roc_auc_score
"""
TORCH = """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 1))
adam = torch.optim.Adam(net.parameters(), 1e-2)
rows = TensorDataset(torch.tensor(X), torch.tensor(y, dtype=torch.float32))
for epoch in range(2):
    for a, b in DataLoader(rows, batch_size=64, shuffle=True, num_workers=1):
        adam.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(net(a)[:, 0], b).backward()
        adam.step()
torch.save(net.state_dict(), "model.pt")
__mlestar_report__(roc_auc_score(y, net(torch.tensor(X)).detach().numpy()[:, 0]))
"""
FIT = """
fit = __mlestar_call__(3, "model.fit", model.fit)
fit(X[:300], y[:300], eval_set=[(X[300:], y[300:])])
__mlestar_report__(roc_auc_score(y[300:], model.predict_proba(X[300:])[:, 1]))
"""
KERAS = """
import os
os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
model = keras.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
__mlestar_call__(3, "model.fit", model.fit)(X, y, epochs=2, verbose=0)
__mlestar_report__(roc_auc_score(y, model.predict(X, verbose=0)[:, 0]))
"""
SCRIPTS = {
    "lightgbm": ("import lightgbm\nmodel = lightgbm.LGBMClassifier(n_estimators=20, verbose=-1)" + FIT, 1),
    "xgboost": ("import xgboost\nmodel = xgboost.XGBClassifier(n_estimators=20, early_stopping_rounds=5)" + FIT, 1),
    "catboost": ("import catboost\nmodel = catboost.CatBoostClassifier(iterations=20, verbose=0)" + FIT, 1),
    "torch": (TORCH, 0),
    "keras": (KERAS, 1),
}


@pytest.mark.parametrize("name", list(SCRIPTS))
async def test_a_library_as_it_is(bench: Bench, name: str) -> None:
    chosen = os.environ.get("MLESTAR_TEST_PYTHON") or sys.executable
    interpreter = await find_interpreter(chosen, bench.folder, bench.script)
    assert isinstance(interpreter, Interpreter), interpreter
    if name not in interpreter.packages:
        pytest.skip(f"{chosen} has no {name}")
    text, fits = SCRIPTS[name]
    spec = bench.spec(DATA + text, interpreter=interpreter, probes=True, wall_s=250.0, reuse=False)
    first, again = await asyncio.gather(bench.scheduler.run(spec), bench.scheduler.run(spec))
    assert first.status is RunStatus.OK, first.stderr
    assert first.score is not None and first.score > 0.5 and again.score == first.score
    assert first.rows in (100, 400) and len(first.evaluation) == 1
    assert first.facts is not None and len(first.facts.fits) == fits
    assert "mlestar:" not in first.stderr
