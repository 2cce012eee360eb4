"""Three boosters, their predictions averaged."""
import numpy as np
import pandas as pd
from catboost import CatBoostRegressor
from lightgbm import LGBMRegressor
from sklearn.metrics import mean_squared_error
from xgboost import XGBRegressor

sales = pd.read_csv("sales.csv", parse_dates=["week"])
sales = sales.sort_values("week")
sales["month"] = sales["week"].dt.month
sales["lag_1"] = sales.groupby("store")["units"].shift(1)
sales["lag_4"] = sales.groupby("store")["units"].shift(4)
sales = sales.dropna()

cutoff = "2023-07-01"
train = sales[sales["week"] < cutoff]
valid = sales[sales["week"] >= cutoff]
features = ["store", "month", "lag_1", "lag_4", "price", "promo"]

lgbm = LGBMRegressor(n_estimators=500, learning_rate=0.05, random_state=1)
xgb = XGBRegressor(n_estimators=500, learning_rate=0.05, random_state=1)
cat = CatBoostRegressor(iterations=500, learning_rate=0.05, random_seed=1, verbose=0)

lgbm.fit(train[features], train["units"])
xgb.fit(train[features], train["units"])
cat.fit(train[features], train["units"])

p_lgbm = lgbm.predict(valid[features])
p_xgb = xgb.predict(valid[features])
p_cat = cat.predict(valid[features])
blend = 0.4 * p_lgbm + 0.3 * p_xgb + 0.3 * p_cat

score = mean_squared_error(valid["units"], blend) ** 0.5
print("validation RMSE:", score)
