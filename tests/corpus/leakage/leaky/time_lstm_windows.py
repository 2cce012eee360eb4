# expect: L501@28
import numpy as np
import pandas as pd
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from tensorflow.keras.layers import LSTM, Dense
from tensorflow.keras.models import Sequential

SEQ_LEN = 30


def make_sequences(series, seq_len):
    xs, ys = [], []
    for i in range(len(series) - seq_len):
        xs.append(series[i : i + seq_len])
        ys.append(series[i + seq_len])
    return np.array(xs), np.array(ys)


def build():
    model = Sequential([LSTM(32, input_shape=(SEQ_LEN, 1)), Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    return model


load = pd.read_csv("load.csv")["mw"].to_numpy() / 1000.0
X, y = make_sequences(load, SEQ_LEN)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25)
model = build()
model.fit(X_train[..., None], y_train, epochs=5, verbose=0)
print(mean_squared_error(y_test, model.predict(X_test[..., None])))
