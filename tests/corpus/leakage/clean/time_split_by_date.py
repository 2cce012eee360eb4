# expect: none
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error

sales = pd.read_csv("sales.csv", parse_dates=["date"])
sales = sales.sort_values(["store", "date"])
for lag in (1, 7, 14):
    sales[f"lag_{lag}"] = sales.groupby("store")["units"].shift(lag)
sales["week"] = sales.groupby("store")["units"].transform(lambda s: s.shift(1).rolling(7).mean())
sales = sales.dropna()
train = sales[sales["date"] < "2023-01-01"]
test = sales[sales["date"] >= "2023-01-01"]
features = [c for c in sales.columns if c not in ("date", "units")]
rf = RandomForestRegressor().fit(train[features], train["units"])
print("MAE", mean_absolute_error(test["units"], rf.predict(test[features])))
