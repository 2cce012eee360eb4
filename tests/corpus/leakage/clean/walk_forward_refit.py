# expect: none
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error

series = pd.read_csv("demand.csv")
X, y = series[["lag1", "lag7"]].values, series["demand"].values
truth, guesses = [], []
for t in range(500, len(y)):
    model = Ridge().fit(X[:t], y[:t])
    guesses.append(model.predict(X[t : t + 1])[0])
    truth.append(y[t])
print(mean_absolute_error(truth, guesses))
