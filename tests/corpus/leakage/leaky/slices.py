# expect: L101@9
import numpy as np
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import MinMaxScaler

data = np.loadtxt("series.csv", delimiter=",")
X, y = data[:, :-1], data[:, -1]
scaler = MinMaxScaler()
scaler.fit(X)
X = scaler.transform(X)
n = int(0.8 * len(X))
X_train, X_test = X[:n], X[n:]
y_train, y_test = y[:n], y[n:]
model = LinearRegression()
model.fit(X_train, y_train)
print("R2", model.score(X_test, y_test))
