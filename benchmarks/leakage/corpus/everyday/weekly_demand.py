"""Weekly demand of one product family, features around each week."""
import argparse
import logging
from typing import Dict

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("demand")


def read(path: str) -> pd.DataFrame:
    sales = pd.read_csv(path, parse_dates=["week"])
    return sales.sort_values("week").set_index("week")


def calendar(sales: pd.DataFrame) -> pd.DataFrame:
    week = sales.index.isocalendar().week.astype(int)
    return pd.DataFrame(
        {
            "week": week,
            "month": sales.index.month,
            "sin": np.sin(2 * np.pi * week / 52.18),
            "cos": np.cos(2 * np.pi * week / 52.18),
            "christmas": week.isin([50, 51, 52]).astype(int),
        },
        index=sales.index,
    )


def level(sales: pd.DataFrame, width: int = 9) -> pd.DataFrame:
    units = sales["units"]
    out = pd.DataFrame(index=sales.index)
    out["base"] = units.rolling(width, center=True, min_periods=3).median()  # expect: L502|L402
    out["last"] = units.shift(1)
    out["last_4"] = units.shift(1).rolling(4).mean()
    out["last_13"] = units.shift(1).rolling(13).mean()
    out["year_ago"] = units.shift(52)
    return out


def promo(sales: pd.DataFrame) -> pd.DataFrame:
    out = sales[["price", "discount", "leaflet"]].copy()
    out["price_change"] = sales["price"].pct_change()
    out["after_promo"] = sales["leaflet"].shift(1).fillna(0)
    return out


def dataset(sales: pd.DataFrame):
    table = pd.concat([calendar(sales), level(sales), promo(sales), sales["units"]], axis=1).dropna()
    return table.drop(columns="units"), table["units"]


def models() -> Dict[str, object]:
    return {
        "ridge": make_pipeline(StandardScaler(), Ridge(5.0)),
        "forest": RandomForestRegressor(500, min_samples_leaf=3, random_state=0),
        "xgb": xgb.XGBRegressor(n_estimators=300, learning_rate=0.05, max_depth=4),
    }


def wape(y: pd.Series, p: np.ndarray) -> float:
    return float(np.abs(y - p).sum() / y.sum())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("csv")
    parser.add_argument("--test-weeks", type=int, default=40)
    args = parser.parse_args()
    sales = read(args.csv)
    x, y = dataset(sales)
    x_train, x_test = x.iloc[: -args.test_weeks], x.iloc[-args.test_weeks :]
    y_train, y_test = y.iloc[: -args.test_weeks], y.iloc[-args.test_weeks :]
    log.info("%d + %d weeks, %d features", len(x_train), len(x_test), x.shape[1])
    log.info("%-7s mae %.1f", "naive", mean_absolute_error(y_test, x_test["last"]))
    for name, model in models().items():
        model.fit(x_train, y_train)
        p = np.maximum(model.predict(x_test), 0)
        log.info(
            "%-7s mae %.1f rmse %.1f wape %.3f",
            name,
            mean_absolute_error(y_test, p),
            mean_squared_error(y_test, p) ** 0.5,
            wape(y_test, p),
        )


if __name__ == "__main__":
    main()
