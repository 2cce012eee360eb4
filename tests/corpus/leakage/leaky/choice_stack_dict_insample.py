# expect: L306@14
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier, GradientBoostingClassifier
base = {"rf": RandomForestClassifier(), "gb": GradientBoostingClassifier()}
train_meta = pd.DataFrame(); test_meta = pd.DataFrame()
for name, m in base.items():
    m.fit(X_train, y_train)
    train_meta[name] = m.predict_proba(X_train)[:, 1]
    test_meta[name] = m.predict_proba(X_test)[:, 1]
meta = LogisticRegression()
meta.fit(train_meta, y_train)
print(roc_auc_score(y_test, meta.predict_proba(test_meta)[:, 1]))
