"""Small programs that the rules' ``VALID`` and ``INVALID`` examples share."""

from __future__ import annotations

_HEAD = """\
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, Normalizer, OneHotEncoder, StandardScaler

"""
_LOAD = """\
df = pd.read_csv("data.csv")
X = df.drop(columns=["y"])
y = df["y"]
"""
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)\n"
FIT = """\
model = LogisticRegression()
model.fit(X_train, y_train)
"""
SCORE = "print(accuracy_score(y_test, model.predict(X_test)))\n"


def program(body: str) -> str:
    """``body`` below imports and the loading of ``df``, ``X`` and ``y``."""
    return _HEAD + _LOAD + body


def split_program(before: str = "", after: str = "", score: str = SCORE) -> str:
    """Load, ``before``, split, ``after``, fit, ``score``."""
    return program(before + SPLIT + after + FIT + score)
