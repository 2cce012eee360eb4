# expect: L301@11
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.ensemble import GradientBoostingRegressor
gb = GradientBoostingRegressor(n_estimators=500).fit(X_train, y_train)
errors = [mean_squared_error(y_test, p) for p in gb.staged_predict(X_test)]
best_n = np.argmin(errors) + 1
best = GradientBoostingRegressor(n_estimators=best_n).fit(X_train, y_train)
print(mean_squared_error(y_test, best.predict(X_test)))
