# expect: L304@12
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier, ExtraTreesClassifier
a = RandomForestClassifier().fit(X_train, y_train); b = ExtraTreesClassifier().fit(X_train, y_train)
Z = np.c_[a.predict_proba(X_test)[:, 1], b.predict_proba(X_test)[:, 1]]
meta = LogisticRegression().fit(Z, y_test)
print(accuracy_score(y_test, meta.predict(Z)))
