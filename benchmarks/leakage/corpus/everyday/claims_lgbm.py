"""Severity of motor claims -- LightGBM baseline for the pricing team."""
import json
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

HERE = Path(__file__).parent
CFG = {
    "objective": "regression",
    "metric": "rmse",
    "learning_rate": 0.03,
    "num_leaves": 63,
    "feature_fraction": 0.7,
    "verbose": -1,
    "seed": 3,
}


def load():
    d = pd.read_parquet(HERE / "claims.parquet")
    d = d.loc[d["amount"] > 0]
    for c in ("region", "brand", "fuel", "gender"):
        d[c] = d[c].astype("category")
    d["power_to_weight"] = d["power"] / d["weight"]
    return d


def boost(X_tr, y_tr, X_ho, y_ho, cfg):
    dtr = lgb.Dataset(X_tr, label=y_tr)
    dho = lgb.Dataset(X_ho, label=y_ho, reference=dtr)
    cbs = [lgb.early_stopping(100), lgb.log_evaluation(200)]
    return lgb.train(cfg, dtr, num_boost_round=8000, valid_sets=[dtr, dho], callbacks=cbs)  # expect: L302


def main():
    d = load()
    y = np.log(d.pop("amount"))
    X = d[["region", "brand", "fuel", "gender", "power", "weight", "power_to_weight", "driver_age", "bonus_malus"]]
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=11)
    booster = boost(X_train, y_train, X_test, y_test, CFG)
    pred = booster.predict(X_test, num_iteration=booster.best_iteration)
    rmse = mean_squared_error(y_test, pred) ** 0.5
    base = mean_squared_error(y_test, np.full(len(y_test), y_train.mean())) ** 0.5
    print(f"rmse(log) model {rmse:.4f}  constant {base:.4f}")
    (HERE / "metrics.json").write_text(json.dumps({"rmse": rmse, "iters": booster.best_iteration}))
    booster.save_model(str(HERE / "claims.txt"))


if __name__ == "__main__":
    main()
