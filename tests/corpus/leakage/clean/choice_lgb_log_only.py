# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import lightgbm as lgb
tr = lgb.Dataset(X_train, y_train)
va = lgb.Dataset(X_test, y_test, reference=tr)
gbm = lgb.train({"objective": "binary"}, tr, 500, valid_sets=[tr, va], callbacks=[lgb.log_evaluation(50)])
print(accuracy_score(y_test, gbm.predict(X_test) > 0.5))
