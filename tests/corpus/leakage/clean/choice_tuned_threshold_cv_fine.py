# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.model_selection import TunedThresholdClassifierCV, cross_val_predict
from sklearn.linear_model import LogisticRegression
p = cross_val_predict(LogisticRegression(), X_train, y_train, method="predict_proba")[:, 1]
prec, rec, thr = precision_recall_curve(y_train, p)
f1 = 2 * prec * rec / (prec + rec)
t = thr[np.argmax(f1[:-1])]
m = LogisticRegression().fit(X_train, y_train)
print(f1_score(y_test, m.predict_proba(X_test)[:, 1] >= t))
