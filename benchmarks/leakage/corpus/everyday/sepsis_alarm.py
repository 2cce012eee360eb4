# expect: none
"""Sepsis alarm at admission (one row per admission of distinct patients): cutoff from the validation part."""
import argparse
import json
import logging

import joblib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import (
    RocCurveDisplay,
    average_precision_score,
    brier_score_loss,
    fbeta_score,
    precision_recall_curve,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)
from sklearn.model_selection import cross_val_predict, train_test_split

log = logging.getLogger("sepsis")
VITALS = ["hr", "resp", "temp", "sbp", "map", "o2sat"]
LABS = ["lactate", "wbc", "creatinine", "bilirubin", "platelets"]


def read(path):
    df = pd.read_parquet(path, columns=["patient_id", "age", "sepsis"] + VITALS + LABS)
    df = df.drop_duplicates("patient_id").set_index("patient_id")
    df["shock_index"] = df["hr"] / df["sbp"]
    df["fever"] = (df["temp"] > 38.3).astype(int)
    df["n_labs"] = df[LABS].notna().sum(axis=1)
    return df.drop(columns="sepsis"), df["sepsis"]


def youden(y, p):
    fpr, tpr, cuts = roc_curve(y, p)
    return float(cuts[np.argmax(tpr - fpr)])


def best_fbeta(y, p, beta=2.0):
    precision, recall, cuts = precision_recall_curve(y, p)
    f = (1 + beta**2) * precision * recall / np.maximum(beta**2 * precision + recall, 1e-12)
    return float(cuts[np.argmax(f[:-1])])


def report(y, p, cut):
    alarm = p >= cut
    return {
        "cut": cut,
        "precision": precision_score(y, alarm),
        "recall": recall_score(y, alarm),
        "f2": fbeta_score(y, alarm, beta=2),
        "alarms_per_100": 100 * float(np.mean(alarm)),
    }


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("parquet")
    ap.add_argument("--seed", type=int, default=4)
    ap.add_argument("--plots", action="store_true")
    a = ap.parse_args()
    logging.basicConfig(level=logging.INFO)

    x, y = read(a.parquet)
    x_dev, x_test, y_dev, y_test = train_test_split(x, y, test_size=0.2, stratify=y, random_state=a.seed)
    x_train, x_val, y_train, y_val = train_test_split(x_dev, y_dev, test_size=0.2, stratify=y_dev, random_state=a.seed)

    raw = HistGradientBoostingClassifier(learning_rate=0.05, max_iter=250, early_stopping=False, random_state=a.seed)
    model = CalibratedClassifierCV(raw, method="isotonic", cv=4).fit(x_train, y_train)
    p_val, p_test = model.predict_proba(x_val)[:, 1], model.predict_proba(x_test)[:, 1]

    out = {
        "auc": roc_auc_score(y_test, p_test),
        "ap": average_precision_score(y_test, p_test),
        "brier": brier_score_loss(y_test, p_test),
        "default": report(y_test, p_test, 0.5),
        "youden": report(y_test, p_test, youden(y_val, p_val)),
        "f2": report(y_test, p_test, best_fbeta(y_val, p_val)),
    }
    # second variant without a validation part
    p_oof = cross_val_predict(raw, x_dev, y_dev, cv=5, method="predict_proba")[:, 1]
    again = raw.fit(x_dev, y_dev)
    out["oof"] = report(y_test, again.predict_proba(x_test)[:, 1], best_fbeta(y_dev, p_oof))
    log.info(json.dumps(out, indent=2))

    if a.plots:
        fig, ax = plt.subplots()
        RocCurveDisplay.from_predictions(y_test, p_test, ax=ax)
        precision, recall, cuts = precision_recall_curve(y_test, p_test)
        plt.figure()
        plt.plot(cuts, precision[:-1], cuts, recall[:-1])
        plt.savefig("pr_by_cut.png")
    joblib.dump(model, "sepsis.joblib")


if __name__ == "__main__":
    main()
