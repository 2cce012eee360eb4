"""Fixes of the preprocessing family proved by running on pure-noise labels.

Leaks that flatter show skill before the fix and none after it. Leaks that do not (scaling, filling, vocabularies) show
otherwise: what a held-out row holds changes what the training rows become, and after the fix it does not.
"""

from __future__ import annotations

import contextlib
import io
import sys
import types
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.model_selection import train_test_split

from cst_tools.edits import apply_edits
from cst_tools.rules import check
from cst_tools.script import Script
from cst_tools.types import FixClass, Severity

HEAD = """\
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest, chi2, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import MinMaxScaler, StandardScaler, minmax_scale, scale
{imports}
rng = np.random.default_rng(0)
df = pd.DataFrame(rng.normal(size=({rows}, {columns})), columns=[f"c{{i}}" for i in range({columns})])
df["y"] = rng.integers(0, 2, size={rows})
"""


def program(body: str, *, rows: int = 200, columns: int = 5, imports: str = "") -> str:
    return HEAD.format(rows=rows, columns=columns, imports=imports) + body


def run(text: str) -> float:
    """The last number that the program prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(text, "program", "exec"), {"__name__": "__main__"})
    return float(out.getvalue().split()[-1])


def fixed(text: str, code: str, safety: FixClass) -> str:
    """The program after the fix of its first finding of a code."""
    findings = [f for f in check(Script.parse(text)) if f.severity is not Severity.INFORMATION]
    finding = next((f for f in findings if f.code == code), None)
    assert finding is not None, [f.code for f in findings]
    assert finding.fix is not None
    assert finding.fix.safety is safety, finding.fix.title
    return apply_edits(text, finding.fix.edits)


class RandomOverSampler:
    """Stands in for imbalanced-learn's, which does the same: repeats rows of the smaller class."""

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit_resample(self, X: pd.DataFrame, y: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
        rng = np.random.default_rng(self.random_state)
        few = np.flatnonzero(np.asarray(y) == 1)
        taken = np.concatenate([np.arange(len(y)), rng.choice(few, size=len(y) - 2 * len(few))])
        return X.iloc[taken].reset_index(drop=True), y.iloc[taken].reset_index(drop=True)


class SamplingPipeline(ClassifierMixin, BaseEstimator):
    """Stands in for imbalanced-learn's pipeline of a sampler and a model."""

    def __init__(self, sampler: RandomOverSampler, model: BaseEstimator) -> None:
        self.sampler, self.model = sampler, model

    def fit(self, X: pd.DataFrame, y: pd.Series) -> SamplingPipeline:
        self.classes_ = np.unique(y)
        self.fitted_ = clone(self.model).fit(*self.sampler.fit_resample(X, y))
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return self.fitted_.predict(X)


@pytest.fixture(autouse=True)
def imblearn(monkeypatch: pytest.MonkeyPatch) -> None:
    over_sampling = types.ModuleType("imblearn.over_sampling")
    over_sampling.RandomOverSampler = RandomOverSampler  # type: ignore[attr-defined]  # made here
    pipeline = types.ModuleType("imblearn.pipeline")
    pipeline.make_pipeline = SamplingPipeline  # type: ignore[attr-defined]  # made here
    for module in (types.ModuleType("imblearn"), over_sampling, pipeline):
        monkeypatch.setitem(sys.modules, module.__name__, module)


SAFE, REVIEW = FixClass.SAFE, FixClass.REVIEW
RARE = 'df["y"] = (rng.random(len(df)) < 0.1).astype(int)\n'
XY = 'X, y = df.drop(columns="y"), df["y"]\n'
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, random_state=0)\n"
FIT = """\
model = LogisticRegression(max_iter=500).fit(X_train, y_train)
print(accuracy_score(y_test, model.predict(X_test)))
"""


@dataclass(frozen=True)
class Case:
    name: str
    code: str
    safety: FixClass
    body: str
    rows: int = 200
    columns: int = 2000
    imports: str = ""

    @property
    def text(self) -> str:
        return program(self.body, rows=self.rows, columns=self.columns, imports=self.imports)


def by_name(cases: list[Case]) -> list[object]:
    return [pytest.param(case, id=case.name) for case in cases]


SKILL = [
    Case("selection", "L105", SAFE, XY + "X = SelectKBest(f_classif, k=20).fit_transform(X, y)\n" + SPLIT + FIT),
    Case(
        "selection fitted then applied",
        "L105",
        SAFE,
        XY + "best = SelectKBest(k=20)\nbest.fit(X, y)\nX_best = best.transform(X)\n"
        "X_train, X_test, y_train, y_test = train_test_split(X_best, y, test_size=0.5, random_state=0)\n" + FIT,
    ),
    Case(
        "selection and two splits",
        "L105",
        SAFE,
        XY + "X = SelectKBest(k=20).fit_transform(X, y)\n"
        "X_rest, X_test, y_rest, y_test = train_test_split(X, y, test_size=0.4, random_state=0)\n"
        "X_train, X_val, y_train, y_val = train_test_split(X_rest, y_rest, test_size=0.3, random_state=0)\n" + FIT,
    ),
    Case(
        "selection and one name for the parts",
        "L105",
        SAFE,
        XY + "X = SelectKBest(k=20).fit_transform(X, y)\n"
        "parts = train_test_split(X, y, test_size=0.5, random_state=0)\nX_train, X_test = parts[0], parts[1]\n"
        "y_train, y_test = parts[2], parts[3]\n" + FIT,
    ),
    Case(
        "selection and slices",
        "L105",
        SAFE,
        XY + "X = SelectKBest(k=20).fit_transform(X, y)\nn = len(X) // 2\n"
        "model = LogisticRegression(max_iter=500).fit(X[:n], y[:n])\n"
        "print(accuracy_score(y[n:], model.predict(X[n:])))\n",
    ),
    Case(
        "selection and folds",
        "L105",
        SAFE,
        XY + "X, y = X.to_numpy(), y.to_numpy()\nbest = SelectKBest(k=20).fit_transform(X, y)\nscores = []\n"
        "for a, b in KFold(5, shuffle=True, random_state=0).split(best):\n"
        "    model = LogisticRegression(max_iter=500).fit(best[a], y[a])\n"
        "    scores.append(accuracy_score(y[b], model.predict(best[b])))\nprint(np.mean(scores))\n",
    ),
    Case(
        "selection of a table and folds",
        "L105",
        SAFE,
        XY + "X = SelectKBest(k=20).fit_transform(X, y)\nscores = []\n"
        "for a, b in KFold(5, shuffle=True, random_state=0).split(X):\n"
        "    model = LogisticRegression(max_iter=500).fit(X[a], y[a])\n"
        "    scores.append(accuracy_score(y[b], model.predict(X[b])))\nprint(np.mean(scores))\n",
    ),
    Case(
        "selection and cross-validation",
        "L105",
        REVIEW,
        XY + "X = SelectKBest(k=20).fit_transform(X, y)\n"
        "print(cross_val_score(LogisticRegression(max_iter=500), X, y, cv=5).mean())\n",
    ),
    Case(
        "supervised decomposition",
        "L101",
        SAFE,
        XY + "X = LinearDiscriminantAnalysis().fit_transform(X, y)\n" + SPLIT + FIT,
        columns=120,
    ),
    Case(
        "supervised decomposition in cross-validation",
        "L111",
        REVIEW,
        XY + "lda = LinearDiscriminantAnalysis()\nZ = lda.fit_transform(X, y)\n"
        "print(cross_val_score(LogisticRegression(), Z, y, cv=5).mean())\n",
        columns=120,
    ),
    Case(
        "words chosen by the labels",
        "L105",
        SAFE,
        'df["text"] = [" ".join(f"w{i}" for i in rng.integers(0, 4000, size=40)) for _ in range(len(df))]\n'
        'y = df["y"]\ncounts = CountVectorizer()\nX = counts.fit_transform(df["text"])\n'
        "X = SelectKBest(chi2, k=100).fit_transform(X, y)\n" + SPLIT + FIT,
        columns=2,
    ),
    Case(
        "target encoding",
        "L106",
        REVIEW,
        'df["c0"] = rng.integers(0, 100, size=len(df)).astype(str)\nX, y = df[["c0"]], df["y"]\n'
        "encoder = TargetEncoder(smooth=1e-3)\nencoder.fit(X, y)\nX = encoder.transform(X)\n" + SPLIT + FIT,
        columns=2,
        imports="from sklearn.preprocessing import TargetEncoder\n",
    ),
    Case(
        "copies of rows",
        "L108",
        SAFE,
        RARE + XY + "X, y = RandomOverSampler(random_state=0).fit_resample(X, y)\n"
        + SPLIT
        + "model = KNeighborsClassifier(1).fit(X_train, y_train)\n"
        "print(balanced_accuracy_score(y_test, model.predict(X_test)))\n",
        rows=800,
        columns=5,
        imports="from imblearn.over_sampling import RandomOverSampler\n",
    ),
    Case(
        "copies of rows in cross-validation",
        "L108",
        REVIEW,
        RARE + XY + "A, b = RandomOverSampler(random_state=0).fit_resample(X, y)\n"
        'print(cross_val_score(KNeighborsClassifier(1), A, b, cv=5, scoring="balanced_accuracy").mean())\n',
        rows=800,
        columns=5,
        imports="from imblearn.over_sampling import RandomOverSampler\n",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", by_name(SKILL))
def test_skill_falls_to_chance(case: Case) -> None:
    leaky, honest = run(case.text), run(fixed(case.text, case.code, case.safety))
    assert leaky > 0.7, "the leak shows"
    assert 0.36 < honest < 0.64, "nothing can be learned from noise"


ROWS = 60
HELD_OUT = int(train_test_split(range(ROWS), test_size=0.5, random_state=0)[1][0])
DIGEST = "print(float(np.abs(np.asarray(X_train, dtype=float)[:, 0]).sum()))\n"
INFLUENCE = [
    ("scaler", "L101", SAFE, "X = StandardScaler().fit_transform(X)\n"),
    ("scaler with a name", "L101", SAFE,
     "scaler = MinMaxScaler()\nX = scaler.fit_transform(X)\nn_columns = X.shape[1]\n"),
    ("fitted then applied", "L101", SAFE,
     "scaler = StandardScaler()\nscaler.fit(X)\nprint(scaler.mean_)\nX = scaler.transform(X)\n"),
    ("fitted while made", "L101", SAFE, "scaler = StandardScaler().fit(X)\nX = scaler.transform(X)\n"),
    ("fitted and applied in one", "L101", SAFE, "X = StandardScaler().fit(X).transform(X)\n"),
    ("two steps", "L101", SAFE, "X = StandardScaler().fit_transform(X)\nX = PCA(2).fit_transform(X)\n"),
    ("wrapped with its index", "L101", SAFE,
     "X = pd.DataFrame(StandardScaler().fit_transform(X), columns=X.columns, index=X.index)\n"),
    ("wrapped", "L101", REVIEW, "X = pd.DataFrame(StandardScaler().fit_transform(X), columns=X.columns)\n"),
    ("some columns", "L101", SAFE, "columns = ['c0', 'c1']\nX[columns] = StandardScaler().fit_transform(X[columns])\n"),
    ("each column", "L101", SAFE,
     "for c in ['c0', 'c1']:\n    s = StandardScaler()\n    X[[c]] = s.fit_transform(X[[c]])\n"),
    ("function", "L101", SAFE, "X = scale(X)\n"),
    ("another function", "L101", SAFE, "X = minmax_scale(X, feature_range=(0, 2))\n"),
    ("imputer", "L102", SAFE, "X = X.where(X > -1)\nX = SimpleImputer().fit_transform(X)\n"),
    ("fill of all", "L102", SAFE, "X = X.where(X > -1)\nX = X.fillna(X.mean())\n"),
    ("fill of one", "L102", SAFE, "X = X.where(X > -1)\nX['c0'] = X['c0'].fillna(X['c0'].mean())\nX = X.fillna(0)\n"),
    ("fill in a loop", "L102", REVIEW,
     "X = X.where(X > -1)\nfor c in X.columns:\n    X[c] = X[c].fillna(X[c].mean())\n"),
    ("by hand", "L104", SAFE, "X = (X - X.mean()) / X.std()\n"),
    ("by hand from the smallest", "L104", SAFE, "X = (X - X.min()) / (X.max() - X.min())\n"),
    ("by hand in two steps", "L104", SAFE, "mu = X.mean()\nsigma = X.std()\nX = (X - mu) / sigma\n"),
    ("by hand in place", "L104", SAFE, "X -= X.mean()\n"),
    ("by hand with numpy", "L104", SAFE, "mu = np.mean(X, axis=0)\nX = X - mu\n"),
    ("by hand with two numbers at once", "L104", SAFE,
     "low, high = X.min(), X.max()\nX = (X - low) / (high - low)\n"),
    ("by hand through another function", "L104", SAFE, "X = X / np.linalg.norm(X, axis=0)\n"),
    ("by hand from sizes", "L104", SAFE, "X = X / X.abs().max()\n"),
    ("by hand for one column", "L104", REVIEW, "X = X.assign(c0=(X['c0'] - X['c0'].mean()) / X['c0'].std())\n"),
    ("fill with a dictionary", "L102", SAFE,
     "X = X.where(X > -1)\nX = X.fillna({'c0': X['c0'].mean()}).fillna(0)\n"),
    ("fill where it is missing", "L102", SAFE,
     "X = X.where(X > -1)\nX.loc[X['c0'].isnull(), 'c0'] = X['c0'].mean()\nX = X.fillna(0)\n"),
    ("clipped", "L104", SAFE, "X['c0'] = X['c0'].clip(upper=X['c0'].quantile(0.9))\n"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "safety", "body"), [pytest.param(*c[1:], id=c[0]) for c in INFLUENCE])
def test_a_held_out_row_no_longer_reaches_the_training_rows(code: str, safety: FixClass, body: str) -> None:
    extreme = "X.loc[{row}, 'c0'] = {value}\n"
    texts = [
        program(XY + extreme.format(row=HELD_OUT, value=value) + body + SPLIT + FIT + DIGEST, rows=ROWS)
        for value in (-50, 4e4)
    ]
    before = [run(text) for text in texts]
    after = [run(fixed(text, code, safety)) for text in texts]
    assert before[0] != pytest.approx(before[1], rel=1e-3), "the held-out row moves the training rows"
    assert after[0] == pytest.approx(after[1], rel=1e-9)


SELECTED = [
    ("slices", "L101", "X = StandardScaler().fit_transform(X)\nn = len(X) // 2\nX_train, X_test = X[:n], X[n:]\n"),
    ("slices of another name", "L101",
     "scaler = MinMaxScaler()\nZ = scaler.fit_transform(X)\nn = int(len(Z) * 0.5)\nX_train, X_test = Z[:n], Z[n:]\n"),
    ("slices of a table", "L104", "X = (X - X.mean()) / X.std()\nn = len(X) // 2\nX_train, X_test = X[:n], X[n:]\n"),
    ("positions of a table", "L104", "n = 30\nX = X - X.mean()\nX_train, X_test = X.iloc[:n], X.iloc[n:]\n"),
    ("filled", "L102", "X = X.where(X > -0.5)\nX = X.fillna(X.mean())\nn = 30\nX_train, X_test = X[:n], X[n:]\n"),
    ("function", "L101", "X = scale(X)\nn = 30\nX_train, X_test = X[:n], X[n:]\n"),
    ("mask", "L101",
     "X = StandardScaler().fit_transform(X)\nmask = np.arange(len(X)) < 30\nX_train, X_test = X[mask], X[~mask]\n"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "body"), [pytest.param(*c[1:], id=c[0]) for c in SELECTED])
def test_a_row_outside_the_selection_no_longer_reaches_the_training_rows(code: str, body: str) -> None:
    labels = "y_train, y_test = y[:30], y[30:]\n"
    texts = [
        program(XY + f"X.loc[{ROWS - 1}, 'c0'] = {value}\n" + body + labels + FIT + DIGEST, rows=ROWS)
        for value in (-50, 4e4)
    ]
    before = [run(text) for text in texts]
    after = [run(fixed(text, code, SAFE)) for text in texts]
    assert before[0] != pytest.approx(before[1], rel=1e-3)
    assert after[0] == pytest.approx(after[1], rel=1e-9)


@pytest.mark.parametrize(
    "body",
    [
        "vectorizer = TfidfVectorizer()\nX = vectorizer.fit_transform(df['text'])\n",
        "X = CountVectorizer(min_df=1).fit_transform(df['text']).toarray()\n",
    ],
)
def test_words_of_held_out_texts_are_not_in_the_vocabulary(body: str) -> None:
    head = "df['text'] = [f'word{i} common' for i in range(len(df))]\ny = df['y']\n"
    text = program(head + body + SPLIT + FIT + "print(X_train.shape[1])\n", rows=ROWS)
    assert run(text) == ROWS + 1
    assert run(fixed(text, "L103", SAFE)) == ROWS // 2 + 1


def test_both_tables_together_are_fitted_on_the_training_table(tmp_path: Path) -> None:
    path = tmp_path / "test.csv"
    path.write_text("c0,c1,y\n900,1,0\n950,2,1\n", encoding="utf-8")
    body = f"""\
train, test = df[:30].copy(), pd.read_csv({str(path)!r})
z, y = test.pop("y"), train.pop("y")
both = pd.concat([train, test])
both = StandardScaler().fit_transform(both)
X_train, X_test = both[: len(train)], both[len(train) :]
model = LogisticRegression().fit(X_train, y)
print(accuracy_score(z, model.predict(X_test)))
print(float(abs(X_train[:, 0].mean())))
"""
    text = program(body, rows=ROWS, columns=2)
    assert run(text) > 0.1
    assert run(fixed(text, "L107", SAFE)) < 1e-9


def test_a_function_that_returns_the_split() -> None:
    helper = """\
def parts_of(X, y):
    X = SelectKBest(k=20).fit_transform(X, y)
    return train_test_split(X, y, test_size=0.5, random_state=0)

X_train, X_test, y_train, y_test = parts_of(X, y)
"""
    text = program(XY + helper + FIT, columns=2000)
    assert run(text) > 0.7
    assert 0.36 < run(fixed(text, "L105", SAFE)) < 0.64


def test_a_helper_is_called_with_both_parts() -> None:
    helper = """\
def scaled(table):
    filled = table.fillna(table.mean())  # gaps first
    return StandardScaler().fit_transform(filled)

X = scaled(X)
"""
    texts = [
        program(XY + f"X.loc[{HELD_OUT}, 'c0'] = {value}\n" + helper + SPLIT + FIT + DIGEST, rows=ROWS)
        for value in (-50, 4e4)
    ]
    before, after = [run(t) for t in texts], [run(fixed(t, "L101", REVIEW)) for t in texts]
    assert before[0] != pytest.approx(before[1], rel=1e-3)
    assert after[0] == pytest.approx(after[1], rel=1e-9)


def test_parameters_of_a_search_are_named_after_their_step() -> None:
    body = (
        XY + "X = SelectKBest(k=20).fit_transform(X, y)\n"
        "search = GridSearchCV(LogisticRegression(max_iter=500), {'C': [0.1, 1.0]}, cv=5)\nsearch.fit(X, y)\n"
        "print(cross_val_score(search, X, y, cv=5).mean())\n"
    )
    text = program(body, columns=2000)
    after = fixed(text, "L105", REVIEW)
    assert "{'logisticregression__C': [0.1, 1.0]}" in after
    assert run(text) > 0.7
    assert 0.36 < run(after) < 0.64
