# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import xgboost as xgb
a, b, c, d = train_test_split(X_train, y_train, test_size=0.2)
m = xgb.XGBClassifier(early_stopping_rounds=10).fit(a, c, eval_set=[(a, c), (b, d)])
print("val", m.score(b, d)); print("test", m.score(X_test, y_test))
