# expect: L701@18
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split


def split(frame):
    return train_test_split(frame.drop("SalePrice", axis=1), frame["SalePrice"], test_size=0.2, random_state=0)


houses = pd.read_csv("houses.csv").select_dtypes("number").fillna(0)
X_train, X_test, y_train, y_test = split(houses)
model = GradientBoostingRegressor()
model.fit(X_train, np.log1p(y_train))
predictions = model.predict(X_test)
rmse = np.sqrt(mean_squared_error(y_test, predictions))
print("RMSE", rmse)
