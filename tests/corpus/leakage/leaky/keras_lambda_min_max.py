# expect: L101@11
import numpy as np
import pandas as pd
from tensorflow.keras.layers import LSTM, Dense
from tensorflow.keras.models import Sequential
from sklearn.preprocessing import MinMaxScaler

df = pd.read_csv("AAPL.csv")
values = df[["Close"]].values
scaler = MinMaxScaler(feature_range=(0, 1))
scaled = scaler.fit_transform(values)
training_len = int(np.ceil(len(scaled) * 0.8))
train_data = scaled[0:training_len, :]
test_data = scaled[training_len - 60 :, :]


def windows(d, n=60):
    xs, ys = [], []
    for i in range(n, len(d)):
        xs.append(d[i - n : i, 0])
        ys.append(d[i, 0])
    return np.array(xs), np.array(ys)


x_train, y_train = windows(train_data)
x_test, y_test = windows(test_data)
x_train = np.reshape(x_train, (x_train.shape[0], x_train.shape[1], 1))
x_test = np.reshape(x_test, (x_test.shape[0], x_test.shape[1], 1))
model = Sequential()
model.add(LSTM(50, input_shape=(60, 1)))
model.add(Dense(1))
model.compile(optimizer="adam", loss="mean_squared_error")
model.fit(x_train, y_train, batch_size=1, epochs=1)
predictions = scaler.inverse_transform(model.predict(x_test))
rmse = np.sqrt(np.mean((predictions - scaler.inverse_transform(y_test.reshape(-1, 1))) ** 2))
print(rmse)
