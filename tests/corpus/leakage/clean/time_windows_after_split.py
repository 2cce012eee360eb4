# expect: none
import numpy as np
import pandas as pd
from sklearn.metrics import mean_squared_error
from tensorflow.keras.layers import GRU, Dense
from tensorflow.keras.models import Sequential


def windows(series, n):
    X, y = [], []
    for i in range(n, len(series)):
        X.append(series[i - n : i])
        y.append(series[i])
    return np.array(X)[..., None], np.array(y)


values = pd.read_csv("load.csv")["mw"].to_numpy()
cut = int(len(values) * 0.8)
X_train, y_train = windows(values[:cut], 24)
X_test, y_test = windows(values[cut:], 24)
model = Sequential([GRU(16, input_shape=(24, 1)), Dense(1)])
model.compile(optimizer="adam", loss="mse")
model.fit(X_train, y_train, epochs=3, verbose=0)
print(mean_squared_error(y_test, model.predict(X_test).ravel()))
