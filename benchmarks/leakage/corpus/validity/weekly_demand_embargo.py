# expect: none
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error

SETTINGS = {
    "file": "spare_parts.csv",
    "weeks_ahead": 8,
    "lags": [0, 1, 2, 4, 13],
    "split_at": "2021-06-28",
}


def supervised(demand, cfg):
    frame = pd.DataFrame({f"lag{k}": demand.shift(k) for k in cfg["lags"]})
    frame["mean13"] = demand.rolling(13).mean()
    frame["label"] = demand.rolling(cfg["weeks_ahead"]).sum().shift(-cfg["weeks_ahead"])
    return frame.dropna()


demand = pd.read_csv(SETTINGS["file"], parse_dates=["week"], index_col="week")["qty"].sort_index()
frame = supervised(demand, SETTINGS)
X, y = frame.drop(columns="label"), frame["label"]

border = pd.Timestamp(SETTINGS["split_at"])
last_train = border - pd.Timedelta(weeks=SETTINGS["weeks_ahead"])
is_train = frame.index < last_train
is_test = frame.index >= border
ridge = Ridge(alpha=10).fit(X[is_train], y[is_train])
pred = ridge.predict(X[is_test])
print("MAE: %.1f pieces in eight weeks" % mean_absolute_error(y[is_test], pred))
