# expect: L111@8
import pandas as pd
import xgboost as xgb
from sklearn.preprocessing import RobustScaler

df = pd.read_csv("power.csv")
y = df.pop("load")
X = RobustScaler().fit_transform(df)
result = xgb.cv({"max_depth": 4, "eta": 0.1}, xgb.DMatrix(X, label=y), num_boost_round=200, nfold=5)
print(result["test-rmse-mean"].iloc[-1])
