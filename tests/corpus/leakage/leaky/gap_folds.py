# expect: L503@14
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import TimeSeriesSplit

HORIZON = 24
df = pd.read_csv("wind.csv", parse_dates=["time"], index_col="time")
df["target"] = df["power"].shift(-HORIZON)
df["lag"] = df["power"].shift(1)
df = df.dropna()
X, y = df.drop(columns=["target"]), df["target"]
tscv = TimeSeriesSplit(n_splits=5)
errors = []
for train_idx, test_idx in tscv.split(X):
    model = RandomForestRegressor().fit(X.iloc[train_idx], y.iloc[train_idx])
    errors.append(mean_absolute_error(y.iloc[test_idx], model.predict(X.iloc[test_idx])))
print(np.mean(errors))
