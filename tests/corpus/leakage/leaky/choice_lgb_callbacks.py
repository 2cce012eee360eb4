# expect: L302@12
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import lightgbm as lgb
tr = lgb.Dataset(X_train, y_train)
va = lgb.Dataset(X_test, y_test, reference=tr)
params = {"objective": "binary"}
gbm = lgb.train(params, tr, num_boost_round=500, valid_sets=[tr, va], callbacks=[lgb.early_stopping(stopping_rounds=20), lgb.log_evaluation(50)])
print(accuracy_score(y_test, (gbm.predict(X_test, num_iteration=gbm.best_iteration) > 0.5).astype(int)))
