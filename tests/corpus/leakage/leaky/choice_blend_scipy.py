# expect: L304@15
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier
a = LogisticRegression().fit(X_train, y_train); b = RandomForestClassifier().fit(X_train, y_train)
pa, pb = a.predict_proba(X_test)[:, 1], b.predict_proba(X_test)[:, 1]
def loss(w):
    return log_loss(y_test, w[0] * pa + w[1] * pb)
res = minimize(loss, [0.5, 0.5])
w = res.x
print(log_loss(y_test, w[0] * pa + w[1] * pb))
