# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression, Ridge
a = LogisticRegression().fit(X_train, y_train); b = Ridge().fit(X_train, y_train)
sa, sb = a.score(X_test, y_test), b.score(X_test, y_test)
if sa > sb:
    print("logistic regression is better", sa)
else:
    print("ridge is better", sb)
