# expect: none
"""Daily gas demand of 14 zones, day-ahead. Expanding windows, pooled model with past features only."""
import argparse
import logging
import warnings
from dataclasses import dataclass
from typing import Dict, List

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore", category=UserWarning)
log = logging.getLogger("gas")


@dataclass
class Setup:
    path: str
    first_origin: str = "2021-01-01"
    months: int = 12
    horizons: tuple = (1, 2, 7)


class Demand:
    def __init__(self, setup: Setup):
        self.setup = setup
        frame = pd.read_csv(setup.path, parse_dates=["date"])
        self.frame = frame.sort_values(["zone", "date"]).reset_index(drop=True)

    def features(self, horizon: int) -> pd.DataFrame:
        f = self.frame.copy()
        by_zone = f.groupby("zone")["demand"]
        for lag in (0, 1, 2, 6, 7, 13):
            f[f"lag{lag}"] = by_zone.shift(lag)
        f["mean7"] = by_zone.transform(lambda s: s.rolling(7).mean())
        f["mean28"] = by_zone.transform(lambda s: s.rolling(28).mean())
        f["temp"] = f.groupby("zone")["temperature"].ffill()
        f["temp_diff"] = f.groupby("zone")["temp"].diff(1)
        f["hdd"] = (15.5 - f["temp"]).clip(lower=0)
        f["dow"] = f["date"].dt.dayofweek
        f["zone_code"] = f["zone"].astype("category").cat.codes
        f["y"] = by_zone.shift(-horizon)
        f["due"] = f["date"] + pd.Timedelta(days=horizon)
        return f.dropna()

    def origins(self) -> List[pd.Timestamp]:
        return list(pd.date_range(self.setup.first_origin, periods=self.setup.months, freq="MS"))


X_DROP = ["zone", "date", "demand", "temperature", "y", "due"]


def models() -> Dict[str, object]:
    return {
        "ridge": make_pipeline(StandardScaler(), Ridge(1.0)),
        "lgbm": lgb.LGBMRegressor(n_estimators=400, learning_rate=0.04, num_leaves=31, verbose=-1),
    }


def evaluate(demand: Demand, horizon: int) -> pd.DataFrame:
    table = demand.features(horizon)
    rows = []
    for origin in demand.origins():
        train = table[table["due"] < origin]
        test = table[(table["date"] >= origin) & (table["date"] < origin + pd.DateOffset(months=1))]
        if test.empty:
            log.warning("nothing after %s", origin.date())
            continue
        x_train, x_test = train.drop(columns=X_DROP), test.drop(columns=X_DROP)
        for name, model in models().items():
            model.fit(x_train, train["y"])
            p = model.predict(x_test)
            rows.append({"origin": origin, "model": name, "mae": mean_absolute_error(test["y"], p)})
        rows.append({"origin": origin, "model": "naive", "mae": mean_absolute_error(test["y"], x_test["lag0"])})
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("--months", type=int, default=12)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    setup = Setup(args.path, months=args.months)
    demand = Demand(setup)
    log.info("%d rows, %d zones", len(demand.frame), demand.frame["zone"].nunique())
    for horizon in setup.horizons:
        result = evaluate(demand, horizon)
        print("horizon", horizon)
        print(result.groupby("model")["mae"].agg(["mean", "std", "max"]).round(2))
        skill = 1 - result[result["model"] == "lgbm"]["mae"].mean() / result[result["model"] == "naive"]["mae"].mean()
        log.info("skill of lgbm: %.3f", np.round(skill, 3))


if __name__ == "__main__":
    main()
