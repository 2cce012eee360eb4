#!/usr/bin/env python
"""Median earnings of students ten years after they began, per college and year (College Scorecard).

    python earnings.py
    python earnings.py --model forest --n-estimators 200 -v
    python earnings.py --save models/earnings.pkl

Scores are on colleges the model has never seen: the same college is in the file once a year, so the
split is by unitid.
"""
import argparse
import logging
import pickle
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.model_selection import GroupShuffleSplit

log = logging.getLogger("earnings")

DATA = Path(__file__).resolve().parent / "data" / "earnings.csv"
TARGET = "earnings_med"
DEGREE_ORDER = {"Less than two-year": 0, "Two-year degree": 1, "Four-year+ degree": 2}

# TERRITORIES = ["PR", "GU", "VI", "AS", "MP"]     # asked to keep them in, 2019-08


def load(path):
    df = pd.read_csv(path)
    log.debug("read %d rows from %s", len(df), path)
    return df


def clean(df, min_students=0):
    """Rows without earnings are suppressed for privacy (small cohorts), nothing to learn from them."""
    df = df[df[TARGET].notna()].copy()
    df["count_working"] = df["count_working"].fillna(df["count_working"].mean())
    df["count_not_working"] = df["count_not_working"].fillna(df["count_not_working"].mean())
    if min_students:
        n = df["count_working"] + df["count_not_working"]
        df = df[n >= min_students]
    return df.reset_index(drop=True)


def make_features(df):
    X = pd.DataFrame(index=df.index)
    X["degree"] = df["pred_degree_awarded_ipeds"].map(DEGREE_ORDER)
    X["year"] = df["year"] - 2011
    X["working"] = df["count_working"]
    X["not_working"] = df["count_not_working"]
    # X["size"] = X["working"] + X["not_working"]     # no effect
    states = pd.get_dummies(df["state_abbr"], prefix="st", dtype=float)
    X = pd.concat([X, states], axis=1)
    return X


def split(X, y, groups, test_size, seed):
    splitter = GroupShuffleSplit(n_splits=1, test_size=test_size, random_state=seed)
    train_idx, test_idx = next(splitter.split(X, y, groups))
    return X.iloc[train_idx], X.iloc[test_idx], y[train_idx], y[test_idx]


def build_model(args):
    if args.model == "linear":
        return LinearRegression()
    if args.model == "forest":
        return RandomForestRegressor(
            n_estimators=args.n_estimators, max_depth=8, min_samples_leaf=5, n_jobs=1, random_state=args.seed
        )
    return Ridge(alpha=args.alpha)


def report(y_true, y_pred):
    mae = mean_absolute_error(y_true, y_pred)
    rmse = np.sqrt(mean_squared_error(y_true, y_pred))
    r2 = r2_score(y_true, y_pred)
    log.info("MAE %.0f $   RMSE %.0f $   R2 %.3f", mae, rmse, r2)
    return mae, rmse, r2


def parse_args(argv=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, default=DATA)
    p.add_argument("--model", choices=["ridge", "linear", "forest"], default="forest")
    p.add_argument("--alpha", type=float, default=1.0)
    p.add_argument("--n-estimators", type=int, default=30)
    p.add_argument("--test-size", type=float, default=0.25)
    p.add_argument("--min-students", type=int, default=0)
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--save", type=Path, help="pickle the model here")
    p.add_argument("-v", "--verbose", action="store_true")
    return p.parse_args(argv)


def main(argv=None):
    args = parse_args(argv)
    logging.basicConfig(
        level=logging.DEBUG if args.verbose else logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    t0 = time.time()

    df = clean(load(args.data), args.min_students)
    X = make_features(df)
    y = df[TARGET].to_numpy(dtype=float)
    log.info("%d rows, %d colleges, %d features", len(X), df["unitid"].nunique(), X.shape[1])

    X_train, X_test, y_train, y_test = split(X, y, df["unitid"], args.test_size, args.seed)
    model = build_model(args)
    model.fit(X_train, y_train)
    log.debug("fitted %s in %.1f s", type(model).__name__, time.time() - t0)

    y_pred = model.predict(X_test)
    mae, rmse, r2 = report(y_test, y_pred)

    if args.save:
        args.save.parent.mkdir(parents=True, exist_ok=True)
        with args.save.open("wb") as f:
            pickle.dump(model, f)
        log.info("saved to %s", args.save)

    print(f"final MAE: {mae:.1f}")
    return mae


if __name__ == "__main__":
    main()
