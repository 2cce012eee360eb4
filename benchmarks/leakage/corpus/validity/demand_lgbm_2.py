# expect: none
import lightgbm as lgb
import pandas as pd
from sklearn.metrics import mean_absolute_error

sales = pd.read_csv("sales_daily.csv", parse_dates=["date"]).sort_values(["date", "item"])
grouped = sales.groupby("item")["qty"]
for lag in (7, 14, 28):
    sales[f"lag_{lag}"] = grouped.shift(lag)
sales["roll_7_28"] = grouped.transform(lambda s: s.shift(7).rolling(28).mean())
sales["dow"] = sales["date"].dt.dayofweek
sales = sales.dropna()

last = sales["date"].max()
test_from = last - pd.Timedelta(days=28)
valid_from = last - pd.Timedelta(days=56)
hist = sales[sales["date"] <= valid_from]
stop = sales[(sales["date"] > valid_from) & (sales["date"] <= test_from)]
fut = sales[sales["date"] > test_from]
feats = ["lag_7", "lag_14", "lag_28", "roll_7_28", "dow", "price", "promo"]

dtrain = lgb.Dataset(hist[feats], label=hist["qty"])
dstop = lgb.Dataset(stop[feats], label=stop["qty"], reference=dtrain)
params = {"objective": "poisson", "learning_rate": 0.05, "num_leaves": 64, "verbosity": -1}
booster = lgb.train(params, dtrain, num_boost_round=3000, valid_sets=[dstop], callbacks=[lgb.early_stopping(100)])

pred = booster.predict(fut[feats], num_iteration=booster.best_iteration)
print("MAE over the last four weeks: %.3f" % mean_absolute_error(fut["qty"], pred))
