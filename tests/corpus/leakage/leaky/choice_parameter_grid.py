# expect: L301@15
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.model_selection import ParameterGrid
from sklearn.ensemble import RandomForestRegressor
best = None
for params in ParameterGrid({"n_estimators": [100, 200], "max_depth": [3, 5]}):
    model = RandomForestRegressor(**params)
    model.fit(X_train, y_train)
    rmse = mean_squared_error(y_test, model.predict(X_test)) ** 0.5
    if best is None or rmse < best["rmse"]:
        best = {"rmse": rmse, "params": params, "model": model}
print(best["params"], best["rmse"])
