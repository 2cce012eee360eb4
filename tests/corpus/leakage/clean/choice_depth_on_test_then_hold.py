# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.tree import DecisionTreeClassifier
X_hold = pd.read_csv("hold.csv"); y_hold = X_hold.pop("y")
best, best_d = 0, None
for d in range(1, 20):
    t = DecisionTreeClassifier(max_depth=d).fit(X_train, y_train)
    s = t.score(X_test, y_test)
    if s > best:
        best, best_d, best_t = s, d, t
print("hold", best_t.score(X_hold, y_hold))
