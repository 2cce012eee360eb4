# expect: none
"""Chronic kidney disease, comparison of imputation strategies (all learned on the training part)."""
import argparse
import logging

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer, MissingIndicator, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold, train_test_split
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler

log = logging.getLogger("ckd")
WORDS = {"yes": 1, "no": 0, "present": 1, "notpresent": 0, "normal": 0, "abnormal": 1, "good": 0, "poor": 1}


def read(path):
    df = pd.read_csv(path, na_values=["?", "\t?"]).drop(columns="id")
    for c in df.select_dtypes("object"):
        df[c] = df[c].str.strip()
    y = (df.pop("classification") == "ckd").astype(int)
    for c in df.select_dtypes("object"):
        mapped = df[c].map(WORDS)
        df[c] = mapped if mapped.notna().any() else pd.to_numeric(df[c], errors="coerce")
    log.info("missing cells: %.3f", df.isna().to_numpy().mean())
    return df, y


def imputers(seed):
    return {
        "mean": SimpleImputer(strategy="mean"),
        "median": SimpleImputer(strategy="median"),
        "knn": KNNImputer(n_neighbors=7),
        "iterative": IterativeImputer(max_iter=15, random_state=seed),
        "union": FeatureUnion([("v", SimpleImputer()), ("m", MissingIndicator(features="all"))]),
    }


class TrainMedians:
    def __init__(self, by=None):
        self.by = by

    def fit(self, df):
        self.overall_ = df.median(numeric_only=True)
        self.table_ = df.groupby(self.by).median(numeric_only=True) if self.by else None
        return self

    def transform(self, df):
        df = df.copy()
        if self.table_ is not None:
            for c in self.table_.columns:
                df[c] = df[c].fillna(df[self.by].map(self.table_[c]))
        return df.fillna(self.overall_)


def repeated(df, y, seed):
    rows = []
    for i, (a, b) in enumerate(RepeatedStratifiedKFold(n_splits=5, n_repeats=4, random_state=seed).split(df, y)):
        for name, imputer in imputers(seed).items():
            scaler = StandardScaler()
            x_a = scaler.fit_transform(imputer.fit_transform(df.iloc[a]))
            x_b = scaler.transform(imputer.transform(df.iloc[b]))
            model = LogisticRegression(C=0.5, max_iter=2000).fit(x_a, y.iloc[a])
            rows.append({"fold": i, "imputer": name, "auc": roc_auc_score(y.iloc[b], model.predict_proba(x_b)[:, 1])})
    return pd.DataFrame(rows).groupby("imputer")["auc"].agg(["mean", "std"])


def holdout(df, y, seed):
    x_train, x_test, y_train, y_test = train_test_split(df, y, test_size=0.3, stratify=y, random_state=seed)
    own = TrainMedians().fit(x_train)
    forest = RandomForestClassifier(500, random_state=seed).fit(own.transform(x_train), y_train)
    result = {"own": roc_auc_score(y_test, forest.predict_proba(own.transform(x_test))[:, 1])}
    for name, imputer in imputers(seed).items():
        pipe = make_pipeline(imputer, RandomForestClassifier(500, random_state=seed)).fit(x_train, y_train)
        result[name] = roc_auc_score(y_test, pipe.predict_proba(x_test)[:, 1])
    return pd.Series(result)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("csv")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    frame, label = read(args.csv)
    print(repeated(frame, label, args.seed).round(4))
    print(holdout(frame, label, args.seed).round(4))
    print("range of the columns", np.ptp(frame.fillna(0).to_numpy(), axis=0).round(1))
