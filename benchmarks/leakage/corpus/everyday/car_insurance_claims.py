# expect: none
#!/usr/bin/env python
# -*- coding: utf-8 -*-
"""Claim probability - comparison of encoders."""
import os
import time

import category_encoders as ce
import numpy as np
import pandas as pd
from catboost import CatBoostClassifier
from lightgbm import LGBMClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

DATA = os.environ.get("CLAIMS", "claims.feather")
TARGET = "claim"
CATS = ["make", "model", "canton", "fuel", "colour"]
SEED = 41


def fetch():
    table = pd.read_feather(DATA)
    table = table.drop_duplicates("policy_no").drop(columns=["policy_no"])
    table["power_per_kg"] = table["kw"] / table["kg"]
    table["young"] = (table["driver_age"] < 25).astype(int)
    return table


def encode(train, test, kind):
    x, y = train.drop(columns=[TARGET]), train[TARGET]
    if kind == "ordinal":
        enc = ce.OrdinalEncoder(cols=CATS)
    elif kind == "woe":
        enc = ce.WOEEncoder(cols=CATS)
    elif kind == "target":
        enc = ce.TargetEncoder(cols=CATS, smoothing=5.0)
    else:
        raise KeyError(kind)
    return enc.fit_transform(x, y), enc.transform(test.drop(columns=[TARGET])), y, test[TARGET]


def learners():
    return {
        "logit": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
        "lgbm": LGBMClassifier(n_estimators=250, learning_rate=0.05, random_state=SEED, verbose=-1),
        "cat": CatBoostClassifier(iterations=400, verbose=0, random_seed=SEED),
    }


def compare(table):
    rows = []
    train, test = train_test_split(table, test_size=0.3, random_state=SEED, stratify=table[TARGET])
    for kind in ("ordinal", "woe", "target"):
        x_train, x_test, y_train, y_test = encode(train, test, kind)
        for name, learner in learners().items():
            start = time.perf_counter()
            learner.fit(x_train, y_train)
            p = learner.predict_proba(x_test)[:, 1]
            rows.append(
                dict(
                    encoder=kind,
                    learner=name,
                    auc=roc_auc_score(y_test, p),
                    logloss=log_loss(y_test, p),
                    seconds=time.perf_counter() - start,
                )
            )
            print(rows[-1])
    return pd.DataFrame(rows)


if __name__ == "__main__":
    claims = fetch()
    print(claims[TARGET].mean(), "claim rate in", len(claims), "policies")
    print(claims.groupby("canton")[TARGET].mean().sort_values().tail())
    result = compare(claims)
    print(result.pivot(index="learner", columns="encoder", values="auc").round(4))
    result.to_csv("encoders.csv", index=False)
