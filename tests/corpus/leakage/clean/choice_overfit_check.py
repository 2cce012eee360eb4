# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.tree import DecisionTreeClassifier
t = DecisionTreeClassifier().fit(X_train, y_train)
tr, te = t.score(X_train, y_train), t.score(X_test, y_test)
if tr > te + 0.1:
    verdict = "overfit"
else:
    verdict = "ok"
print(verdict, tr, te, max(tr, te))
