# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression, Ridge
scores = {}
for a in [LogisticRegression(), Ridge()]:
    a.fit(X_train, y_train)
    scores[type(a).__name__] = a.score(X_test, y_test)
for n, s in sorted(scores.items(), key=lambda kv: kv[1], reverse=True):
    print(n, s)
print("mean", sum(scores.values()) / len(scores))
