"""A slow script is screened on fewer rows; what may matter most is then measured in full. Real runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlestar.config import Settings
from mlestar.engine import ablate, fidelity
from mlestar.engine.api import Engine
from mlestar.engine.types import Event, EventKind, Snapshot

PROGRAM = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("rows.csv")

df["ratio"] = df["a"] / (df["b"].abs() + 1)
df["signal"] = df["a"] * df["b"]
df["noise_1"] = df["c"] ** 2
df["noise_2"] = df["c"] ** 3

X = df.drop(columns="y")
y = df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=7)

scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)

model = LogisticRegression(C=0.5, max_iter=200)
model.fit(X_train, y_train)
auc = roc_auc_score(y_test, model.predict_proba(X_test)[:, 1])
print("auc", auc)
"""


@pytest.fixture
def script(project: Path) -> Path:
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(30_000, 3)), columns=["a", "b", "c"])
    rows["y"] = (rows["a"] * rows["b"] + rng.normal(0, 1, len(rows)) > 0).astype(int)
    rows.to_csv(project / "rows.csv", index=False)
    path = project / "train.py"
    path.write_text(PROGRAM)
    return path


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every script counts as one that is worth screening."""
    monkeypatch.setattr(fidelity, "SHORT_S", 0.001)
    monkeypatch.setattr(ablate, "SHORT_S", 0.001)
    monkeypatch.setattr(fidelity.Rules, "__init__", _always_saves(fidelity.Rules.__init__))


def _always_saves(init):  # type: ignore[no-untyped-def]
    def with_savings(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        init(self, *args, **{"saves": 100.0, "seeds": 2, **kwargs})

    return with_savings


async def test_the_largest_block_is_found_on_few_rows_and_measured_in_full(
    home: Path, script: Path, slow: None
) -> None:
    engine = Engine(Settings(baseline_seeds=2, parallel=2, budget=200), home=home)
    events: list[Event] = []
    report = await engine.ablate(Snapshot(script, PROGRAM), on_event=events.append)
    again = await engine.ablate(Snapshot(script, PROGRAM))
    await engine.close()
    assert report.problem is None and report.complete
    assert any(e.kind is EventKind.SCREENING and "% of rows" in e.message for e in events)
    first = report.impacts[0]
    assert first.fidelity == "full" and first.mean is not None and first.mean > 0.1 and first.runs == 2
    screened = [i for i in report.variants if i.screened]
    assert screened and all(i.mean is not None and i.note for i in screened)
    assert all(
        not later.screened or all(i.screened for i in report.impacts[n:] if i.mean is not None)
        for n, later in enumerate(report.impacts)
    ), "what was measured stands above what was screened"
    assert again.cost.runs == 0 and again.impacts == report.impacts


async def test_screening_can_be_switched_off(home: Path, script: Path, slow: None) -> None:
    engine = Engine(Settings(baseline_seeds=2, parallel=2, budget=200, screening="off"), home=home)
    report = await engine.ablate(Snapshot(script, PROGRAM))
    await engine.close()
    assert report.complete and not any(i.screened for i in report.variants)
