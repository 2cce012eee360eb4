# expect: none
import numpy as np, pandas as pd
from sklearn.preprocessing import MinMaxScaler
from keras.models import Sequential
from keras.layers import LSTM, Dense
df = pd.read_csv("p.csv")
data = df.filter(["Close"]).values
n = int(len(data) * .8)
train, test = data[:n], data[n:]
sc = MinMaxScaler()
train = sc.fit_transform(train)
test = sc.transform(test)
def mk(d):
    X, y = [], []
    for i in range(10, len(d)):
        X.append(d[i-10:i, 0]); y.append(d[i, 0])
    return np.array(X), np.array(y)
X_train, y_train = mk(train)
X_test, y_test = mk(test)
m = Sequential([LSTM(4), Dense(1)])
m.compile("adam", "mse")
m.fit(X_train, y_train, epochs=2)
p = sc.inverse_transform(m.predict(X_test))
print(np.sqrt(np.mean((p - sc.inverse_transform(y_test.reshape(-1,1)))**2)))
