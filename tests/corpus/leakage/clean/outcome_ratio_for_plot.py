# expect: none
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

houses = pd.read_csv("houses.csv")
houses["price_per_sqft"] = houses["price"] / houses["sqft"]
print(houses.groupby("town")["price_per_sqft"].median())
houses["rooms_per_sqft"] = houses["rooms"] / houses["sqft"]
y = np.log1p(houses["price"])
X = houses.drop(columns=["price", "price_per_sqft"]).select_dtypes("number")
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
rf = RandomForestRegressor().fit(X_train, y_train)
print(r2_score(y_test, rf.predict(X_test)))
