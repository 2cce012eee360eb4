"""Two level stacking, own implementation."""
import argparse
import logging
import pickle
import typing as t

import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import mean_absolute_error, mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger(__name__)


class Averager(BaseEstimator, RegressorMixin):
    def __init__(self, models):
        self.models = models

    def fit(self, X, y):
        self.models_ = [clone(m).fit(X, y) for m in self.models]
        return self

    def predict(self, X):
        return np.mean([m.predict(X) for m in self.models_], axis=0)


class Stacker(BaseEstimator, RegressorMixin):
    def __init__(self, base, meta, keep_features=False):
        self.base = base
        self.meta = meta
        self.keep_features = keep_features

    def _level_one(self, X):
        block = np.column_stack([m.predict(X) for m in self.base_])
        if self.keep_features:
            block = np.hstack([block, np.asarray(X)])
        return block

    def fit(self, X, y):
        self.base_ = []
        for model in self.base:
            fitted = clone(model)
            fitted.fit(X, y)
            self.base_.append(fitted)
        self.meta_ = clone(self.meta)
        self.meta_.fit(self._level_one(X), y)  # expect: L306
        return self

    def predict(self, X):
        return self.meta_.predict(self._level_one(X))

    def weights(self):
        return dict(zip([type(m).__name__ for m in self.base_], np.round(self.meta_.coef_, 3)))


def load(path: str) -> t.Tuple[pd.DataFrame, pd.Series]:
    df = pd.read_csv(path).drop_duplicates()
    df["smoker"] = (df["smoker"] == "yes").astype(int)
    df["sex"] = (df["sex"] == "male").astype(int)
    df["obese"] = (df["bmi"] >= 30).astype(int)
    df["smoker_obese"] = df["smoker"] * df["obese"]
    df = pd.get_dummies(df, columns=["region"], dtype=int)
    y = np.log(df.pop("charges"))
    return df, y


def zoo(seed: int) -> list:
    return [
        RandomForestRegressor(400, min_samples_leaf=2, random_state=seed, n_jobs=-1),
        ExtraTreesRegressor(400, min_samples_leaf=2, random_state=seed, n_jobs=-1),
        LGBMRegressor(n_estimators=300, learning_rate=0.03, num_leaves=15, random_state=seed, verbose=-1),
        make_pipeline(StandardScaler(), KNeighborsRegressor(9)),
        make_pipeline(StandardScaler(), Ridge(1.0)),
    ]


def errors(y, p) -> str:
    return "mae %.4f rmse %.4f" % (mean_absolute_error(y, p), mean_squared_error(y, p) ** 0.5)


def main(path: str, seed: int) -> None:
    X, y = load(path)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=seed)
    for model in zoo(seed):
        model.fit(X_train, y_train)
        log.info("%-24s %s", type(model).__name__, errors(y_test, model.predict(X_test)))
    average = Averager(zoo(seed)).fit(X_train, y_train)
    log.info("%-24s %s", "average", errors(y_test, average.predict(X_test)))
    stack = Stacker(zoo(seed), LinearRegression(positive=True)).fit(X_train, y_train)
    log.info("%-24s %s", "stack", errors(y_test, stack.predict(X_test)))
    log.info("%s", stack.weights())
    with open("stack.pkl", "wb") as fh:
        pickle.dump(stack, fh)


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("csv", nargs="?", default="insurance.csv")
    ap.add_argument("--seed", type=int, default=77)
    ns = ap.parse_args()
    main(ns.csv, ns.seed)
