# expect: L304@12
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC
svc = SVC().fit(X_train, y_train)
s = svc.decision_function(X_test).reshape(-1, 1)
platt = LogisticRegression().fit(s, y_test)
print(log_loss(y_test, platt.predict_proba(s)))
