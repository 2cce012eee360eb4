"""Safe fixes of what gives the target away, proved by running: on pure noise the fixed program falls to chance."""

from __future__ import annotations

import pytest

from cst_tools.rules import check
from cst_tools.script import Script
from cst_tools.types import FixClass
from tests.cst_tools.rules.test_noise import TAIL, fixed, program, run


@pytest.mark.parametrize(
    "body",
    [
        "df['scaled'] = df['y'] / 3\nX = df.drop(columns=['y'])\ny = df['y']\n",
        "df['mixed'] = df['y'] * 9 + df['c0']\nX = df.drop('y', axis=1)\ny = df['y']\n",
        "df['log'] = np.log1p(df['y'])\nfeatures = ['c0', 'c1', 'log']\nX, y = df[features], df['y']\n",
        "df = df.assign(rate=df['y'] - 5)\nX = df[[c for c in df.columns if c not in ['y']]]\ny = df.y\n",
        "df['r'] = df.apply(lambda row: row['y'] * 7 - row['c1'], axis=1)\nX = df.drop(columns='y')\ny = df['y']\n",
        "def both(t):\n    t['z'] = t['y'] * 5 - t['c2']\n    return t.drop(columns='y'), t.y\n\nX, y = both(df)\n",
    ],
)
def test_without_what_is_computed_from_the_target_skill_falls_to_chance(body: str) -> None:
    text = program(body + TAIL)
    assert run(text) > 0.8
    assert 0.35 < run(fixed(text, "L402", FixClass.SAFE)) < 0.65


@pytest.mark.parametrize(
    "body",
    [
        "df['y'] = (df['c0'] > 0.1).astype(int)\nX = df.drop(columns=['y'])\ny = df['y']\n",
        "df['y'] = np.where(df['c0'] > df['c1'], 1, 0)\nX, y = df.drop('y', axis=1), df['y']\n",
    ],
)
def test_columns_that_make_the_label_go_only_after_review(body: str) -> None:
    head, _, rest = program(body + TAIL).partition("rng = ")
    text = head + "df = pd.read_csv('d.csv')\n" + rest[rest.index('df["y"]') :].partition("\n")[2]
    (finding,) = check(Script.parse(text))
    assert finding.code == "L402"
    assert finding.fix is not None
    assert finding.fix.safety is FixClass.REVIEW


def test_next_value_among_the_features_falls_to_chance() -> None:
    body = """\
df["y"] = (df["c0"].shift(-1) > 0).astype(int)
df["f"] = df["c0"].shift(-1)
df = df.dropna()
cut = 300
X, y = df[["c1", "f"]], df["y"]
model = LogisticRegression().fit(X[:cut], y[:cut])
print(accuracy_score(y[cut:], model.predict(X[cut:])))
"""
    text = program(body)
    assert run(text) > 0.9
    assert 0.3 < run(fixed(text, "L502", FixClass.REVIEW)) < 0.7


def test_window_over_the_target_falls_to_chance() -> None:
    body = """\
df["y"] = rng.normal(size=len(df))
df["f"] = df["y"].rolling(2).mean()
df["g"] = df["c0"].rolling(2).mean()
df = df.dropna()
cut = 300
X, y = df[["g", "f"]], df["y"]
model = LinearRegression().fit(X[:cut], y[:cut])
print(r2_score(y[cut:], model.predict(X[cut:])))
"""
    text = program(
        body, imports="from sklearn.linear_model import LinearRegression\nfrom sklearn.metrics import r2_score"
    )
    assert run(text) > 0.2
    assert run(fixed(text, "L502", FixClass.REVIEW)) < 0.1


def test_a_random_walk_cannot_be_interpolated_in_order() -> None:
    body = """\
df["y"] = rng.normal(size=len(df)).cumsum()
df["before"] = df["c0"].shift(1)
df["t"] = np.arange(len(df))
df = df.dropna()
X, y = df[["t", "before"]], df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)
model = KNeighborsRegressor(3).fit(X_train, y_train)
print(r2_score(y_test, model.predict(X_test)))
"""
    text = program(
        body, imports="from sklearn.neighbors import KNeighborsRegressor\nfrom sklearn.metrics import r2_score"
    )
    assert run(text) > 0.9
    assert run(fixed(text, "L501", FixClass.REVIEW)) < 0.3


def test_a_patient_is_no_longer_recognised() -> None:
    body = """\
df["patient_id"] = np.arange(len(df)) // 8
df["c0"] = df["patient_id"] * 1.0
df["y"] = rng.integers(0, 2, size=50).repeat(8)
df["visit"] = df.groupby("patient_id").cumcount()
X, y = df[["c0", "c1", "visit"]], df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=1)
model = KNeighborsClassifier(1).fit(X_train[["c0"]], y_train)
print(accuracy_score(y_test, model.predict(X_test[["c0"]])))
"""
    text = program(body, imports="from sklearn.neighbors import KNeighborsClassifier")
    assert run(text) > 0.9
    assert 0.2 < run(fixed(text, "L601", FixClass.REVIEW)) < 0.8


def test_the_gap_is_made() -> None:
    body = """\
df["y"] = df["c0"].rolling(20).sum().shift(-20)
df = df.dropna()
X, y = df[["c1", "c2"]], (df["y"] > 0)
print(cross_val_score(LogisticRegression(), X, y, cv=TimeSeriesSplit(n_splits=4)).mean())
"""
    text = program(body, imports="from sklearn.model_selection import TimeSeriesSplit")
    after = fixed(text, "L503", FixClass.REVIEW)
    assert "TimeSeriesSplit(n_splits=4, gap=20)" in after
    assert 0.2 < run(after) < 0.8
