# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.model_selection import cross_val_score
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC
models = {"lr": LogisticRegression(), "svc": SVC()}
cv = {n: cross_val_score(mm, X_train, y_train, cv=5).mean() for n, mm in models.items()}
best = max(cv, key=cv.get)
final = models[best].fit(X_train, y_train)
print(best, final.score(X_test, y_test))
