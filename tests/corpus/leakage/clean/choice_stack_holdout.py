# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier, GradientBoostingClassifier
X_tr, X_bl, y_tr, y_bl = train_test_split(X_train, y_train)
rf = RandomForestClassifier().fit(X_tr, y_tr); gb = GradientBoostingClassifier().fit(X_tr, y_tr)
meta_X = np.column_stack((rf.predict_proba(X_bl)[:, 1], gb.predict_proba(X_bl)[:, 1]))
meta = LogisticRegression().fit(meta_X, y_bl)
test_X = np.column_stack((rf.predict_proba(X_test)[:, 1], gb.predict_proba(X_test)[:, 1]))
print(accuracy_score(y_test, meta.predict(test_X)))
