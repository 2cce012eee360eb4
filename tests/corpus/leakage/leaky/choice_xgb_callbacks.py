# expect: L302@11
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from xgboost import XGBClassifier
from xgboost.callback import EarlyStopping
m = XGBClassifier(callbacks=[EarlyStopping(rounds=5, save_best=True)])
m.fit(X_train, y_train, eval_set=[(X_test, y_test)])
print(m.score(X_test, y_test))
