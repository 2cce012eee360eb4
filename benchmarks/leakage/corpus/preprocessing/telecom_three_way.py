# expect: none
"""Churn; here 'test' is what the booster is stopped on, the verdict comes from 'holdout'."""
from typing import NamedTuple

import pandas as pd
import xgboost as xgb
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OrdinalEncoder, StandardScaler


class Three(NamedTuple):
    train: pd.DataFrame
    test: pd.DataFrame
    holdout: pd.DataFrame


def three(frame: pd.DataFrame, seed: int) -> Three:
    rest, holdout = train_test_split(frame, test_size=0.2, random_state=seed, stratify=frame["churn"])
    train, test = train_test_split(rest, test_size=0.25, random_state=seed, stratify=rest["churn"])
    return Three(train.copy(), test.copy(), holdout.copy())


def main() -> None:
    frame = pd.read_csv("telecom.csv").drop(columns="phone")
    words = frame.select_dtypes("object").columns
    frame[words] = OrdinalEncoder().fit_transform(frame[words])
    parts = three(frame, seed=4)

    minutes = [c for c in frame.columns if c.endswith("_minutes")]
    scaler = StandardScaler().fit(parts.train[minutes])
    for part in parts:
        part[minutes] = scaler.transform(part[minutes])

    x = [p.drop(columns="churn") for p in parts]
    y = [p["churn"] for p in parts]
    model = xgb.XGBClassifier(n_estimators=2000, learning_rate=0.05, early_stopping_rounds=50, eval_metric="auc")
    model.fit(x[0], y[0], eval_set=[(x[1], y[1])], verbose=False)
    print("trees:", model.best_iteration)
    print("holdout AUC:", round(roc_auc_score(y[2], model.predict_proba(x[2])[:, 1]), 4))


main()
