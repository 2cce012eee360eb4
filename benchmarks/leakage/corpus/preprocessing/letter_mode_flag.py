# expect: none
"""Letter recognition.  The preprocessing object remembers what it learned in 'train' mode."""
from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.impute import SimpleImputer
from sklearn.neighbors import KNeighborsClassifier


class Clipper(BaseEstimator, TransformerMixin):
    def __init__(self, low=1, high=99):
        self.low = low
        self.high = high

    def fit(self, X, y=None):
        self.low_, self.high_ = np.nanpercentile(X, [self.low, self.high], axis=0)
        return self

    def transform(self, X):
        return np.clip(X, self.low_, self.high_)


class Prep:
    def __init__(self):
        self.imputer = SimpleImputer()
        self.clipper = Clipper()

    def __call__(self, frame: pd.DataFrame, mode: str = "test") -> np.ndarray:
        values = frame.drop(columns="lettr").to_numpy(dtype=float)
        if mode == "train":
            return self.imputer.fit_transform(self.clipper.fit_transform(values))
        return self.imputer.transform(self.clipper.transform(values))


def main() -> None:
    letters = pd.read_csv("letter.csv").drop_duplicates()
    letters = letters.sample(frac=1, random_state=0)
    train, test = letters[:16000], letters[16000:]
    prep = Prep()
    knn = KNeighborsClassifier(n_neighbors=1)
    knn.fit(prep(train, mode="train"), train["lettr"])
    print("error rate:", 1 - knn.score(prep(test), test["lettr"]))


main()
