# expect: none
"""Benchmark of boosting libraries on OpenML tables; eval sets come from the training part or are only logged."""
import argparse
import time
import warnings

import catboost as cb
import lightgbm as lgb
import numpy as np
import openml
import pandas as pd
import xgboost as xgb
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import train_test_split

warnings.filterwarnings("ignore")
SUITE = ["adult", "bank-marketing", "MagicTelescope", "phoneme", "churn"]


def get(name):
    data = openml.datasets.get_dataset(name)
    x, y, is_cat, names = data.get_data(target=data.default_target_attribute)
    for c in x.columns[np.asarray(is_cat)]:
        x[c] = x[c].astype("category")
    return x, pd.Series(pd.factorize(y)[0], name="y")


def run_xgb(x, y, x_val, y_val):
    model = xgb.XGBClassifier(
        n_estimators=3000, learning_rate=0.03, early_stopping_rounds=50, enable_categorical=True, tree_method="hist"
    )
    return model.fit(x, y, eval_set=[(x_val, y_val)], verbose=False)


def run_lgb(x, y, x_val, y_val):
    model = lgb.LGBMClassifier(n_estimators=3000, learning_rate=0.03, verbose=-1)
    return model.fit(x, y, eval_set=[(x_val, y_val)], callbacks=[lgb.early_stopping(50, verbose=False)])


def run_cat(x, y, x_val, y_val):
    cats = [c for c in x.columns if str(x[c].dtype) == "category"]
    x, x_val = x.copy(), x_val.copy()
    for c in cats:
        x[c] = x[c].astype(str)
        x_val[c] = x_val[c].astype(str)
    model = cb.CatBoostClassifier(iterations=3000, learning_rate=0.03, early_stopping_rounds=50, verbose=0, cat_features=cats)
    return model.fit(x, y, eval_set=(x_val, y_val))


def as_text(x):
    x = x.copy()
    for c in x.columns:
        if str(x[c].dtype) == "category":
            x[c] = x[c].astype(str)
    return x


def curves(x_train, y_train, x_test, y_test):
    """Fixed number of rounds, both curves are written down for the appendix."""
    model = xgb.XGBClassifier(n_estimators=500, learning_rate=0.05, enable_categorical=True, tree_method="hist", eval_metric="logloss")
    model.fit(x_train, y_train, eval_set=[(x_train, y_train), (x_test, y_test)], verbose=False)
    result = model.evals_result()
    table = pd.DataFrame({k: v["logloss"] for k, v in result.items()})
    p = model.predict_proba(x_test)[:, 1]
    return table, roc_auc_score(y_test, p)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tables", nargs="*", default=SUITE)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--curves", action="store_true")
    args = parser.parse_args()
    rows = []
    for name in args.tables:
        x, y = get(name)
        for seed in range(args.seeds):
            x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, stratify=y, random_state=seed)
            x_fit, x_val, y_fit, y_val = train_test_split(x_train, y_train, test_size=0.15, stratify=y_train, random_state=seed)
            for label, run in (("xgb", run_xgb), ("lgb", run_lgb), ("cat", run_cat)):
                tick = time.time()
                model = run(x_fit, y_fit, x_val, y_val)
                p = model.predict_proba(as_text(x_test) if label == "cat" else x_test)[:, 1]
                rows.append([name, seed, label, roc_auc_score(y_test, p), log_loss(y_test, p), time.time() - tick])
                print(*rows[-1])
            if args.curves and seed == 0:
                table, auc = curves(x_train, y_train, x_test, y_test)
                table.to_csv(f"curve_{name}.csv")
                print(name, "500 rounds", auc)
    frame = pd.DataFrame(rows, columns=["table", "seed", "library", "auc", "logloss", "seconds"])
    print(frame.groupby(["table", "library"])[["auc", "logloss", "seconds"]].mean().round(4))


if __name__ == "__main__":
    main()
