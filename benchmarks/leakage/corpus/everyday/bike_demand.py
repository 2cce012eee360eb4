# expect: none
import pandas as pd
import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import TimeSeriesSplit, cross_val_score


def history(d):
    d = d.sort_values("datetime").set_index("datetime")
    d["h"] = d.index.hour
    d["wd"] = d.index.weekday
    d["y_1"] = d["count"].shift(1)
    d["y_24"] = d["count"].shift(24)
    d["ma_24"] = d["count"].shift(1).rolling(24).mean()
    d["temp"] = d["temp"].ffill()
    return d.dropna(subset=["y_24", "ma_24"])


def naive(d):
    return mean_absolute_error(d["count"], d["y_24"])


d = history(pd.read_csv("bike.csv", parse_dates=["datetime"]))
COLS = ["h", "wd", "y_1", "y_24", "ma_24", "temp", "humidity", "windspeed", "workingday"]
cut = d.index[int(len(d) * 0.8)]
past, recent = d[d.index < cut], d[d.index >= cut]
print(past.index.max(), recent.index.min())

options = {}
for depth in (4, 6, 8):
    for lr in (0.03, 0.1):
        reg = HistGradientBoostingRegressor(max_depth=depth, learning_rate=lr, early_stopping=False)
        cvs = cross_val_score(reg, past[COLS], past["count"], cv=TimeSeriesSplit(5), scoring="neg_mean_absolute_error")
        options[(depth, lr)] = cvs.mean()
depth, lr = max(options, key=options.get)
print("picked", depth, lr)

reg = HistGradientBoostingRegressor(max_depth=depth, learning_rate=lr, early_stopping=False).fit(past[COLS], past["count"])
print("MAE model", mean_absolute_error(recent["count"], np.clip(reg.predict(recent[COLS]), 0, None)))
print("MAE naive", naive(recent))
