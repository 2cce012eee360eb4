# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
m = LogisticRegression().fit(X_train, y_train)
p = m.predict_proba(X_test)[:, 1]
rows = []
for t in [0.1, 0.2, 0.3]:
    pred = (p > t).astype(int)
    rows.append([t, accuracy_score(y_test, pred), recall_score(y_test, pred)])
print(pd.DataFrame(rows, columns=["t", "acc", "rec"]))
