"""Gait based classification, recordings of 166 different persons (one each)."""
import argparse
import json
import logging
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import signal
from scipy.stats import kurtosis, skew
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

logger = logging.getLogger("gait")
RATE = 100


def stride_intervals(force):
    on = (force > 20).astype(int)
    strikes = np.flatnonzero(np.diff(on) == 1)
    return np.diff(strikes) / RATE


def describe(values, prefix):
    values = np.asarray(values, dtype=float)
    return {
        f"{prefix}_mean": values.mean(),
        f"{prefix}_sd": values.std(),
        f"{prefix}_cv": values.std() / max(values.mean(), 1e-6),
        f"{prefix}_skew": skew(values),
        f"{prefix}_kurt": kurtosis(values),
    }


def features_of(path):
    rec = np.loadtxt(path)
    left, right = rec[:, 17], rec[:, 18]
    row = {"file": path.stem}
    row.update(describe(stride_intervals(left), "left"))
    row.update(describe(stride_intervals(right), "right"))
    freq, power = signal.welch(left + right, RATE, nperseg=1024)
    row["peak"] = freq[power.argmax()]
    row["band"] = power[(freq > 0.5) & (freq < 3)].sum() / power.sum()
    row["asym"] = abs(left.mean() - right.mean()) / (left + right).mean()
    return row


def table(folder):
    rows = [features_of(p) for p in sorted(Path(folder).glob("*_01.txt"))]
    df = pd.DataFrame(rows).set_index("file")
    y = np.array([int("Pt" in name) for name in df.index])
    logger.info("%d persons, %d features, %.2f patients", *df.shape, y.mean())
    return df, y


def spaces():
    yield "svm", SVC(), {"m__C": np.logspace(-2, 3, 12), "m__gamma": np.logspace(-4, 0, 9), "k__k": [5, 8, 13]}
    yield "knn", KNeighborsClassifier(), {"m__n_neighbors": range(1, 25, 2), "k__k": [5, 8, 13]}
    yield "rf", RandomForestClassifier(random_state=0), {"m__max_depth": [2, 4, 8, None], "m__max_features": [2, 4, "sqrt"], "k__k": [8, 13]}


def search(X, y, seed):
    cv = StratifiedKFold(5, shuffle=True, random_state=seed)
    final = {}
    for name, model, grid in spaces():
        pipe = Pipeline([("s", StandardScaler()), ("k", SelectKBest(f_classif)), ("m", model)])
        gs = GridSearchCV(pipe, grid, cv=cv, scoring="roc_auc", n_jobs=-1)
        gs.fit(X, y)
        logger.info("%s %s", name, gs.best_params_)
        final[name] = {"params": {k: str(v) for k, v in gs.best_params_.items()}, "auc": gs.best_score_}  # expect: L305
    return final


def bars(final, path):
    plt.figure(figsize=(4, 3))
    plt.bar(list(final), [f["auc"] for f in final.values()])
    plt.ylim(0.5, 1)
    plt.ylabel("AUC")
    plt.savefig(path, bbox_inches="tight")


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("folder")
    p.add_argument("--seed", type=int, default=0)
    o = p.parse_args()
    logging.basicConfig(level=logging.INFO)
    X, y = table(o.folder)
    final = search(X, y, o.seed)
    for name, entry in final.items():
        print("%-4s final AUC %.3f" % (name, entry["auc"]))
    bars(final, "auc.pdf")
    Path("final.json").write_text(json.dumps(final, indent=1))
