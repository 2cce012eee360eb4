# expect: none
"""ETA deviation of deliveries. Label comes from the actual arrival, all columns after departure are removed."""
import argparse
import logging
from functools import partial

import numpy as np
import pandas as pd
import statsmodels.api as sm
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.metrics import mean_absolute_error, roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import KBinsDiscretizer

log = logging.getLogger("eta")
AFTERWARDS = ["minutes_over_slot", "arrived_at", "signature", "complaint", "photo_taken"]


def read(path):
    tours = pd.read_csv(path)
    tours["late"] = (tours["minutes_over_slot"] > 15).astype(int)
    tours["very_late"] = (tours["minutes_over_slot"] > 60).astype(int)
    return tours


def enrich(tours):
    tours = tours.copy()
    tours["km_per_stop"] = tours["route_km"] / tours["stops"].clip(lower=1)
    tours["load"] = tours["weight_kg"] / tours["capacity_kg"]
    tours["city"] = (tours["population_density"] > 2500).astype(int)
    return tours


def design(tours, label):
    labels = {"late", "very_late"} | set(AFTERWARDS)
    y = tours[label]
    x = tours.drop(columns=[c for c in labels if c in tours.columns])
    groups = x.pop("tour_id")
    x = x.drop(columns=["parcel_no", "driver_id", "depot"])
    return x, y, groups


def binned(x_train, x_test, columns, n):
    kb = KBinsDiscretizer(n, encode="ordinal", strategy="quantile")
    a, b = x_train.copy(), x_test.copy()
    a[columns] = kb.fit_transform(x_train[columns])
    b[columns] = kb.transform(x_test[columns])
    return a, b


def probit(x, y):
    return sm.Probit(y, sm.add_constant(x, has_constant="add")).fit(disp=0)


def classify(tours, label, splits):
    x, y, groups = design(tours, label)
    scores = {"lgbm": [], "lgbm_binned": [], "probit": []}
    for tr, te in GroupKFold(splits).split(x, y, groups):
        x_tr, x_te, y_tr, y_te = x.iloc[tr], x.iloc[te], y.iloc[tr], y.iloc[te]
        m = LGBMClassifier(n_estimators=200, verbose=-1).fit(x_tr, y_tr)
        scores["lgbm"].append(roc_auc_score(y_te, m.predict_proba(x_te)[:, 1]))
        a, b = binned(x_tr, x_te, ["route_km", "km_per_stop", "load"], 8)
        m = LGBMClassifier(n_estimators=200, verbose=-1).fit(a, y_tr)
        scores["lgbm_binned"].append(roc_auc_score(y_te, m.predict_proba(b)[:, 1]))
        r = probit(x_tr, y_tr)
        scores["probit"].append(roc_auc_score(y_te, r.predict(sm.add_constant(x_te, has_constant="add"))))
    return {k: (np.mean(v), np.std(v)) for k, v in scores.items()}


def regress(tours, splits):
    x, y, groups = design(tours, "minutes_over_slot")
    errors = []
    for tr, te in GroupKFold(splits).split(x, y, groups):
        m = LGBMRegressor(objective="l1", n_estimators=300, verbose=-1).fit(x.iloc[tr], y.iloc[tr])
        errors.append(mean_absolute_error(y.iloc[te], m.predict(x.iloc[te])))
    return float(np.mean(errors))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("csv")
    ap.add_argument("--splits", type=int, default=5)
    args = ap.parse_args()
    logging.basicConfig(level=logging.INFO)
    tours = enrich(read(args.csv))
    run = partial(classify, tours, splits=args.splits)
    for label in ("late", "very_late"):
        for name, (mean, sd) in run(label).items():
            log.info("%-10s %-12s auc %.3f +- %.3f", label, name, mean, sd)
    log.info("minutes MAE %.2f", regress(tours, args.splits))


if __name__ == "__main__":
    main()
