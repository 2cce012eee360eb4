import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split

kc = pd.read_csv("kc_house_data.csv")
kc = kc.drop(columns=["id", "date"]).drop_duplicates()

# domain knowledge: what matters is price per area, age, and renovation
kc["price_per_sqft"] = kc["price"] / kc["sqft_living"]  # expect: L402
kc["age"] = 2015 - kc["yr_built"]
kc["renovated"] = (kc["yr_renovated"] > 0).astype(int)
kc["basement"] = (kc["sqft_basement"] > 0).astype(int)
kc["rooms"] = kc["bedrooms"] + kc["bathrooms"]

y = kc["price"]
X = kc.drop(columns=["price", "yr_built", "yr_renovated"])

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=5)
rf = RandomForestRegressor(n_estimators=200, n_jobs=-1, random_state=5)
rf.fit(X_train, np.log(y_train))

pred = np.exp(rf.predict(X_test))
print("R2  %.3f" % r2_score(y_test, pred))
print("MAE %.0f" % mean_absolute_error(y_test, pred))
