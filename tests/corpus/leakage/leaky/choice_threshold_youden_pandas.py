# expect: L304@13
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
m = LogisticRegression().fit(X_train, y_train)
p = m.predict_proba(X_test)[:, 1]
fpr, tpr, thr = roc_curve(y_test, p)
roc = pd.DataFrame({"tf": tpr - (1 - fpr), "thr": thr})
cut = roc.iloc[(roc.tf - 0).abs().argsort()[:1]]["thr"].values[0]
print(accuracy_score(y_test, (p > cut).astype(int)))
