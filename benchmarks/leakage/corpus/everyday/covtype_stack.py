# expect: none
"""Forest cover type: OOF stacking by hand, with seeds averaged. Two-level, logistic on top."""
import argparse
import logging
from pathlib import Path

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.base import clone
from sklearn.datasets import fetch_covtype
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import StratifiedKFold, cross_val_predict, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

log = logging.getLogger("stack")


class OOFStack:
    def __init__(self, base, meta, n_splits=5, seed=0):
        self.base, self.meta = base, meta
        self.n_splits, self.seed = n_splits, seed

    def fit(self, X, y):
        folds = StratifiedKFold(self.n_splits, shuffle=True, random_state=self.seed)
        n_classes = len(np.unique(y))
        level = np.zeros((len(X), n_classes * len(self.base)))
        self.fitted_ = []
        for b, (name, model) in enumerate(self.base.items()):
            columns = slice(b * n_classes, (b + 1) * n_classes)
            for tr, va in folds.split(X, y):
                part = clone(model).fit(X[tr], y[tr])
                level[va, columns] = part.predict_proba(X[va])
            log.info("%s oof accuracy %.4f", name, (level[:, columns].argmax(1) == y).mean())
            self.fitted_.append(clone(model).fit(X, y))
        self.meta_ = clone(self.meta).fit(level, y)
        return self

    def _level(self, X):
        return np.hstack([m.predict_proba(X) for m in self.fitted_])

    def predict(self, X):
        return self.meta_.predict(self._level(X))

    def predict_proba(self, X):
        return self.meta_.predict_proba(self._level(X))


def short_version(base, X_train, y_train, X_test):
    blocks = [cross_val_predict(m, X_train, y_train, cv=5, method="predict_proba") for m in base.values()]
    meta = LogisticRegression(max_iter=500).fit(np.hstack(blocks), y_train)
    test_blocks = [clone(m).fit(X_train, y_train).predict_proba(X_test) for m in base.values()]
    return meta.predict(np.hstack(test_blocks))


def data(n, seed):
    X, y = fetch_covtype(return_X_y=True)
    y = y - 1
    if n:
        X, _, y, _ = train_test_split(X, y, train_size=n, stratify=y, random_state=seed)
    hydro = np.hypot(X[:, 3], X[:, 4])
    return np.column_stack([X, hydro]), y


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=60000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("stack.csv"))
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    X, y = data(args.n, args.seed)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, stratify=y, random_state=args.seed)
    base = {
        "rf": RandomForestClassifier(200, n_jobs=-1, random_state=args.seed),
        "et": ExtraTreesClassifier(200, n_jobs=-1, random_state=args.seed),
        "lgbm": LGBMClassifier(n_estimators=300, verbose=-1, random_state=args.seed),
        "knn": make_pipeline(StandardScaler(), KNeighborsClassifier(5)),
    }
    rows = []
    for name, model in base.items():
        m = clone(model).fit(X_train, y_train)
        rows.append((name, accuracy_score(y_test, m.predict(X_test)), log_loss(y_test, m.predict_proba(X_test))))
    stack = OOFStack(base, LogisticRegression(max_iter=500), seed=args.seed).fit(X_train, y_train)
    rows.append(("stack", accuracy_score(y_test, stack.predict(X_test)), log_loss(y_test, stack.predict_proba(X_test))))
    rows.append(("short", accuracy_score(y_test, short_version(base, X_train, y_train, X_test)), np.nan))
    frame = pd.DataFrame(rows, columns=["model", "accuracy", "logloss"])
    print(frame.round(4).to_string(index=False))
    frame.to_csv(args.out, index=False)


if __name__ == "__main__":
    main()
