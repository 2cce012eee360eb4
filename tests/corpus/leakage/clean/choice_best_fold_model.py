# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
best = 0
for tr, va in KFold(5).split(X_train):
    m = LogisticRegression().fit(X_train.iloc[tr], y_train.iloc[tr])
    s = m.score(X_train.iloc[va], y_train.iloc[va])
    if s > best:
        best, model = s, m
print(model.score(X_test, y_test))
