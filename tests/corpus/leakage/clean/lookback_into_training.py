# expect: none
import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error

prices = pd.read_csv("stock.csv")["close"].values.reshape(-1, 1)
cut = int(len(prices) * 0.8)
train = prices[:cut]
look_back = 60


def windows(series):
    inputs, targets = [], []
    for i in range(look_back, len(series)):
        inputs.append(series[i - look_back : i, 0])
        targets.append(series[i, 0])
    return np.array(inputs), np.array(targets)


X_train, y_train = windows(train)
X_test, y_test = windows(prices[cut - look_back :])
model = LinearRegression().fit(X_train, y_train)
print("rmse", np.sqrt(mean_squared_error(y_test, model.predict(X_test))))
