# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
lr = LogisticRegression().fit(X_train, y_train)
fpr, tpr, thr = roc_curve(y_test, lr.predict_proba(X_test)[:, 1])
print("KS", max(tpr - fpr))
