# expect: L502@8
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_squared_error

df = pd.read_csv("bikes.csv", parse_dates=["datetime"]).sort_values("datetime")
df["mean_24h"] = df["count"].rolling(24).mean()
df["hour"] = df["datetime"].dt.hour
df = df.dropna()
X = df[["hour", "temp", "mean_24h"]]
y = df["count"]
n = len(X) * 4 // 5
rf = RandomForestRegressor().fit(X[:n], y[:n])
print(np.sqrt(mean_squared_error(y[n:], rf.predict(X[n:]))))
