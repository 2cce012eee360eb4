import warnings

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import mean_squared_error

warnings.filterwarnings("ignore")
SEED = 2024

# ---------------------------------------------------------------- load
sales = pd.read_csv("data/sales.csv")
stores = pd.read_csv("data/stores.csv")
sales = sales.sort_values(["store", "item", "day"]).reset_index(drop=True)

# ---------------------------------------------------------------- clean
sales["price"] = sales.groupby("item")["price"].transform(lambda s: s.fillna(s.median()))
sales["units"] = sales["units"].clip(0, sales["units"].quantile(0.999))

# ---------------------------------------------------------------- join
sales = sales.merge(stores, on="store", how="left")
sales["city"] = sales["city"].astype("category").cat.codes

# ---------------------------------------------------------------- calendar
sales["weekday"] = sales["day"] % 7
sales["week"] = sales["day"] // 7
sales["season_sin"] = np.sin(2 * np.pi * sales["day"] / 365.25)
sales["season_cos"] = np.cos(2 * np.pi * sales["day"] / 365.25)

# ---------------------------------------------------------------- lags
series = sales.groupby(["store", "item"])["units"]
for lag in (1, 7, 14, 28):
    sales[f"lag_{lag}"] = series.shift(lag)

# ---------------------------------------------------------------- rolling
shifted = series.shift(1)
by_series = shifted.groupby([sales["store"], sales["item"]])
for window in (7, 28):
    sales[f"mean_{window}"] = by_series.rolling(window).mean().reset_index(level=[0, 1], drop=True)
    sales[f"std_{window}"] = by_series.rolling(window).std().reset_index(level=[0, 1], drop=True)
sales["trend"] = sales["mean_7"] / (sales["mean_28"] + 0.1)

# ---------------------------------------------------------------- prices
sales["price_ratio"] = sales["price"] / sales.groupby("item")["price"].transform("mean")
sales["price_rank"] = sales.groupby(["store", "week"])["price"].rank(pct=True)
sales["price_change"] = sales.groupby(["store", "item"])["price"].diff().fillna(0)

# ---------------------------------------------------------------- split by time
last = sales["day"].max()
sales = sales[sales["lag_28"].notna()]
train = sales[sales["day"] <= last - 56]
valid = sales[(sales["day"] > last - 56) & (sales["day"] <= last - 28)]
test = sales[sales["day"] > last - 28]
columns = [c for c in sales.columns if c not in ("units", "day")]

# ---------------------------------------------------------------- gradient boosting
parameters = {
    "objective": "tweedie",
    "learning_rate": 0.07,
    "num_leaves": 63,
    "feature_fraction": 0.8,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "seed": SEED,
    "deterministic": True,
    "verbosity": -1,
}
fit_set = lgb.Dataset(train[columns], train["units"])
valid_set = lgb.Dataset(valid[columns], valid["units"], reference=fit_set)
booster = lgb.train(
    parameters, fit_set, num_boost_round=130, valid_sets=[valid_set], callbacks=[lgb.early_stopping(20, verbose=False)]
)
gbdt = booster.predict(test[columns])

# ---------------------------------------------------------------- random forest flavour
forest_parameters = {**parameters, "boosting": "rf", "objective": "regression", "bagging_fraction": 0.6}
forest = lgb.train(forest_parameters, lgb.Dataset(train[columns], train["units"]), num_boost_round=40)
bagged = forest.predict(test[columns])

# ---------------------------------------------------------------- blend on the validation weeks
best_weight, best_error = 0.0, np.inf
valid_gbdt, valid_bagged = booster.predict(valid[columns]), forest.predict(valid[columns])
for weight in np.linspace(0, 1, 21):
    error = mean_squared_error(valid["units"], weight * valid_gbdt + (1 - weight) * valid_bagged)
    if error < best_error:
        best_weight, best_error = weight, error

rmse = mean_squared_error(test["units"], best_weight * gbdt + (1 - best_weight) * bagged) ** 0.5
print("RMSE: %.6f" % rmse)
