# expect: none
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split

kc = pd.read_csv("kc_house_data.csv")
kc = kc.drop(columns=["id", "date"]).drop_duplicates()

kc["age"] = 2015 - kc["yr_built"]
kc["renovated"] = (kc["yr_renovated"] > 0).astype(int)
kc["rooms"] = kc["bedrooms"] + kc["bathrooms"]

# a forest on price per area: the ratio is the label, area is known at prediction time
kc["price_per_sqft"] = kc["price"] / kc["sqft_living"]
y = kc["price_per_sqft"]
X = kc.drop(columns=["price", "price_per_sqft", "yr_built", "yr_renovated"])

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=5)
rf = RandomForestRegressor(n_estimators=200, n_jobs=-1, random_state=5)
rf.fit(X_train, np.log(y_train))

pred = np.exp(rf.predict(X_test)) * X_test["sqft_living"]
truth = y_test * X_test["sqft_living"]
print("R2  %.3f" % r2_score(truth, pred))
print("MAE %.0f" % mean_absolute_error(truth, pred))
