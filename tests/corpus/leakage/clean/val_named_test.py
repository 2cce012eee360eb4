# expect: none
import pandas as pd
from catboost import CatBoostRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

df = pd.read_csv("a.csv")
hold = pd.read_csv("2023.csv")
feats = ["a", "b"]
X_train, X_test, y_train, y_test = train_test_split(df[feats], df["y"])
cb = CatBoostRegressor(iterations=3000)
cb.fit(X_train, y_train, eval_set=(X_test, y_test), early_stopping_rounds=50)
print(mean_absolute_error(y_test, cb.predict(X_test)))
print("final", mean_absolute_error(hold["y"], cb.predict(hold[feats])))
