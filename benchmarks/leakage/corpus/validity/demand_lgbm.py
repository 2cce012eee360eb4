import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error

sales = pd.read_csv("sales_daily.csv", parse_dates=["date"]).sort_values(["date", "item"])
grouped = sales.groupby("item")["qty"]
for lag in (7, 14, 28):
    sales[f"lag_{lag}"] = grouped.shift(lag)
sales["roll_7_28"] = grouped.transform(lambda s: s.shift(7).rolling(28).mean())
sales["dow"] = sales["date"].dt.dayofweek
sales = sales.dropna()

cutoff = sales["date"].max() - pd.Timedelta(days=28)
hist, fut = sales[sales["date"] <= cutoff], sales[sales["date"] > cutoff]
feats = ["lag_7", "lag_14", "lag_28", "roll_7_28", "dow", "price", "promo"]

dtrain = lgb.Dataset(hist[feats], label=hist["qty"])
dtest = lgb.Dataset(fut[feats], label=fut["qty"], reference=dtrain)

params = {"objective": "poisson", "learning_rate": 0.05, "num_leaves": 64, "verbosity": -1}
booster = lgb.train(  # expect: L302
    params,
    dtrain,
    num_boost_round=3000,
    valid_sets=[dtrain, dtest],
    valid_names=["train", "test"],
    callbacks=[lgb.early_stopping(100), lgb.log_evaluation(200)],
)

pred = booster.predict(fut[feats], num_iteration=booster.best_iteration)
print("MAE over the last four weeks: %.3f" % mean_absolute_error(fut["qty"], pred))
