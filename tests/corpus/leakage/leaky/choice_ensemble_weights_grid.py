# expect: L304@16
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier
lr = LogisticRegression().fit(X_train, y_train); rf = RandomForestClassifier().fit(X_train, y_train)
p1 = lr.predict_proba(X_test)[:, 1]; p2 = rf.predict_proba(X_test)[:, 1]
best_w, best_auc = 0, 0
for w in np.arange(0, 1.01, 0.05):
    blend = w * p1 + (1 - w) * p2
    a = roc_auc_score(y_test, blend)
    if a > best_auc:
        best_auc, best_w = a, w
print(best_w, best_auc)
