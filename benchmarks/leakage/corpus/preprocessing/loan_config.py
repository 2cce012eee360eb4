import json
import sys

import numpy as np
import pandas as pd
from sklearn import preprocessing
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

CONFIG = {
    "table": "loans_2019.csv",
    "label": "default_flag",
    "drop": ["loan_id", "officer"],
    "scaler": "quantile",
    "model": "logit",
    "valid_share": 0.2,
    "seed": 2024,
}

SCALERS = {
    "standard": lambda: preprocessing.StandardScaler(),
    "robust": lambda: preprocessing.RobustScaler(),
    "quantile": lambda: preprocessing.QuantileTransformer(output_distribution="normal", random_state=0),
}
MODELS = {
    "logit": lambda: LogisticRegression(C=0.5, max_iter=1000),
    "gbm": lambda: GradientBoostingClassifier(n_estimators=150, max_depth=3),
}


def read(cfg):
    df = pd.read_csv(cfg["table"])
    df = df.drop(columns=cfg["drop"]).dropna()
    y = df.pop(cfg["label"]).values
    return pd.get_dummies(df, drop_first=True).values.astype(float), y


def scaled(cfg, x):
    return SCALERS[cfg["scaler"]]().fit_transform(x)  # expect: L101


def main(cfg):
    x, y = read(cfg)
    x = scaled(cfg, x)
    rng = np.random.default_rng(cfg["seed"])
    perm = rng.permutation(len(y))
    n_val = int(cfg["valid_share"] * len(y))
    val, tr = perm[:n_val], perm[n_val:]
    model = MODELS[cfg["model"]]().fit(x[tr], y[tr])
    p = model.predict_proba(x[val])[:, 1]
    print(json.dumps({"auc": roc_auc_score(y[val], p), "brier": brier_score_loss(y[val], p)}))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        with open(sys.argv[1]) as handle:
            CONFIG.update(json.load(handle))
    main(CONFIG)
