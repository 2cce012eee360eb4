# expect: none
"""Day-ahead load, train until the cut, test after."""
import pandas as pd
import xgboost as xgb
from sklearn.metrics import mean_absolute_percentage_error


def read(path):
    load = pd.read_csv(path, parse_dates=["timestamp"], index_col="timestamp").sort_index()
    return load["load_mw"].resample("D").mean().to_frame("load")


def features(frame):
    out = frame.copy()
    for lag in (1, 2, 7, 14):
        out[f"lag_{lag}"] = out["load"].shift(lag)
    out["week_mean"] = out["load"].shift(1).rolling(7).mean()
    out["ewm"] = out["load"].shift(1).ewm(span=5).mean()
    out["dow"] = out.index.dayofweek
    return out.dropna()


def split(data, cut):
    before = data.index < cut
    return data[before], data[~before]


if __name__ == "__main__":
    data = features(read("load_hourly.csv"))
    train, test = split(data, pd.Timestamp("2018-01-01"))
    X_cols = [c for c in data.columns if c != "load"]
    reg = xgb.XGBRegressor(n_estimators=500, learning_rate=0.05, max_depth=5)
    reg.fit(train[X_cols], train["load"])
    print("MAPE 2018:", mean_absolute_percentage_error(test["load"], reg.predict(test[X_cols])))
