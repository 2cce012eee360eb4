# expect: L204@12
import numpy as np
from sklearn.linear_model import SGDRegressor
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

X, y = np.load("X.npy"), np.load("y.npy")
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
regressor = SGDRegressor()
for start in range(0, len(X_train), 256):
    regressor.partial_fit(X_train[start : start + 256], y_train[start : start + 256])
regressor.partial_fit(X_test, y_test)
print(mean_squared_error(y_test, regressor.predict(X_test)))
