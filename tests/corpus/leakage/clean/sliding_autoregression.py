# expect: none
import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error

s = pd.read_csv("s.csv")
frame = pd.DataFrame({"y": s["load"]})
for lag in range(1, 8):
    frame[f"lag{lag}"] = frame["y"].shift(lag)
frame = frame.dropna()
cut = len(frame) - 30
train, test = frame.iloc[:cut], frame.iloc[cut:]
cols = [c for c in frame.columns if c.startswith("lag")]
lr = LinearRegression().fit(train[cols], train["y"])
print(mean_absolute_error(test["y"], lr.predict(test[cols])))
