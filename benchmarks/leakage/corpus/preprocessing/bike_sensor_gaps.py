# expect: none
"""Hourly counts of a bike counter; gaps are carried forward, the last two months are held out."""
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.metrics import mean_absolute_error

counter = pd.read_csv("counter_17.csv", parse_dates=["hour"]).sort_values("hour")
counter["temp"] = counter["temp"].ffill()
counter["wind"] = counter["wind"].ffill(limit=6)
counter["rain"] = counter["rain"].fillna(0.0)
counter["holiday"] = counter["holiday"].fillna("no").eq("yes").astype(int)

counter["dow"] = counter["hour"].dt.dayofweek
counter["hod"] = counter["hour"].dt.hour
counter["yesterday"] = counter["bikes"].shift(24)
counter["last_week"] = counter["bikes"].shift(168)
counter = counter.dropna(subset=["last_week", "wind"])

inputs = ["temp", "wind", "rain", "holiday", "dow", "hod", "yesterday", "last_week"]
past = counter[counter["hour"] < "2022-11-01"]
future = counter[counter["hour"] >= "2022-11-01"]

gbm = LGBMRegressor(n_estimators=400, learning_rate=0.05, num_leaves=31)
gbm.fit(past[inputs], past["bikes"])
print("MAE Nov-Dec:", round(mean_absolute_error(future["bikes"], gbm.predict(future[inputs])), 1))
