import numpy as np
import pandas as pd
from sklearn.preprocessing import MinMaxScaler
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import LSTM, Dense, Dropout

look_back = 30

raw = pd.read_csv('BTC-USD.csv', parse_dates=['Date']).sort_values('Date')
close = raw[['Close']].values.astype('float32')

scaler = MinMaxScaler(feature_range=(0, 1))
scaled = scaler.fit_transform(close)  # expect: L101

cut = int(len(scaled) * 0.8)
train = scaled[:cut]
test = scaled[cut:]
print(len(train), len(test))


def make_windows(arr, n):
    xs, ys = [], []
    for i in range(n, len(arr)):
        xs.append(arr[i - n:i, 0])
        ys.append(arr[i, 0])
    return np.array(xs)[..., None], np.array(ys)


trainX, trainY = make_windows(train, look_back)
testX, testY = make_windows(test, look_back)

model = Sequential()
model.add(LSTM(50, return_sequences=True, input_shape=(look_back, 1)))
model.add(Dropout(0.2))
model.add(LSTM(50))
model.add(Dense(1))
model.compile(loss='mse', optimizer='adam')
model.fit(trainX, trainY, epochs=25, batch_size=32, verbose=2)

p = scaler.inverse_transform(model.predict(testX))
t = scaler.inverse_transform(testY.reshape(-1, 1))
rmse = np.sqrt(np.mean((p - t) ** 2))
print('Test RMSE: %.2f USD' % rmse)
print('MAPE: %.2f' % (np.mean(np.abs(p - t) / t) * 100))
