# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
model = LogisticRegression().fit(X_train, y_train)
probs = model.predict_proba(X_test)[:, 1]
THRESH = 0.3
pred = (probs > THRESH).astype(int)
print(precision_score(y_test, pred), recall_score(y_test, pred))
precision, recall, _ = precision_recall_curve(y_test, probs)
print(auc(recall, precision))
