# expect: none
import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

houses = pd.read_csv("houses.csv").select_dtypes("number").fillna(0)
X, y = houses.drop("SalePrice", axis=1), houses["SalePrice"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
model = Ridge().fit(np.log1p(X_train), np.log1p(y_train))
predictions = np.expm1(model.predict(np.log1p(X_test)))
print("RMSE", np.sqrt(mean_squared_error(y_test, predictions)))
print("RMSLE", np.sqrt(mean_squared_error(np.log1p(y_test), np.log1p(predictions))))
wrapped = TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1).fit(X_train, y_train)
print("RMSE", np.sqrt(mean_squared_error(y_test, wrapped.predict(X_test))))
