"""Small programs in the many styles people write, each with the codes of L101-L111 expected in it.

`tests/corpus/styles/*.txt` holds them: a line ``### name: CODES`` (``none``, or ``some`` for any code), then the
program, in which ``@SPLIT`` and ``@FIT`` stand for a split of ``X`` and ``y``, and for training and scoring.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cst_tools.rules import check_with_errors
from cst_tools.script import Script
from cst_tools.types import Severity

FOLDER = Path(__file__).resolve().parents[2] / "corpus" / "styles"
HEAD = """\
import numpy as np, pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_selection import RFE, RFECV, SelectFromModel, SelectKBest, SequentialFeatureSelector
from sklearn.feature_selection import VarianceThreshold, chi2, f_classif, mutual_info_classif
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import Lasso, LassoCV, LogisticRegression, LogisticRegressionCV, Ridge
from sklearn.metrics import accuracy_score, classification_report, f1_score, mean_squared_error, roc_auc_score
from sklearn.model_selection import GridSearchCV, KFold, RandomizedSearchCV, StratifiedKFold, TimeSeriesSplit
from sklearn.model_selection import cross_val_predict, cross_val_score, cross_validate, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, KBinsDiscretizer, LabelEncoder, MinMaxScaler, Normalizer
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, PolynomialFeatures, PowerTransformer
from sklearn.preprocessing import QuantileTransformer, RobustScaler, StandardScaler, minmax_scale, normalize, scale
df = pd.read_csv("data.csv")
y = df["target"]
X = df.drop(columns=["target"])
"""
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)\n"
FIT = """\
clf = LogisticRegression()
clf.fit(X_train, y_train)
print(accuracy_score(y_test, clf.predict(X_test)))
"""


def programs() -> Iterator[object]:
    for path in sorted(FOLDER.glob("*.txt")):
        parts = re.split(r"^### (.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
        for title, body in zip(parts[::2], parts[1::2], strict=True):
            name, _, codes = title.rpartition(":")
            text = HEAD + body.strip("\n").replace("@SPLIT", SPLIT.strip()).replace("@FIT", FIT.strip()) + "\n"
            yield pytest.param(text, sorted(codes.split()), id=f"{path.stem}/{name}")


PROGRAMS = list(programs())


@pytest.mark.parametrize(("text", "codes"), PROGRAMS)
def test_finds_what_the_title_says(text: str, codes: list[str]) -> None:
    script = Script.parse(text)
    assert script.problem is None
    result = check_with_errors(script)
    assert result.errors == ()
    found = sorted(f.code for f in result.findings if f.severity is not Severity.INFORMATION and f.code < "L2")
    if codes == ["some"]:
        assert found
    else:
        assert found == [code for code in codes if code != "none"]


def test_there_are_many_of_both_kinds() -> None:
    clean = sum(p.values[1] == ["none"] for p in PROGRAMS)  # type: ignore[attr-defined]  # pytest's parameter sets
    assert clean >= 100
    assert len(PROGRAMS) - clean >= 150
