# expect: L401@12
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import train_test_split

NUM = ["area", "rooms"]
CAT = ["city"]
TARGET = "rent"
df = pd.read_csv("r.csv")
df = pd.get_dummies(df, columns=CAT)
X = df.drop(columns=["id"])
y = df[TARGET]
X_train, X_test, y_train, y_test = train_test_split(X, y)
X_train = X_train.fillna(0)
X_test = X_test.fillna(0)
gb = GradientBoostingRegressor().fit(X_train, y_train)
print(r2_score(y_test, gb.predict(X_test)))
