# expect: L302@11
import pandas as pd
from xgboost import XGBRegressor
from sklearn.model_selection import train_test_split
from sklearn.metrics import mean_squared_error
df = pd.read_csv("a.csv")
train, test = train_test_split(df, test_size=.2)
feats = [c for c in df.columns if c not in ("y",)]
fit_params = {"eval_set": [(test[feats], test["y"])], "early_stopping_rounds": 30, "verbose": 0}
m = XGBRegressor(n_estimators=5000)
m.fit(train[feats], train["y"], **fit_params)
print(mean_squared_error(test["y"], m.predict(test[feats])))
