# expect: L301@16
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC
from sklearn.ensemble import RandomForestClassifier
best = 0
for est, grid in [(SVC(), {"C": [1, 2]}), (RandomForestClassifier(), {"max_depth": [1, 2]})]:
    g = GridSearchCV(est, grid, cv=5)
    g.fit(X_train, y_train)
    acc = g.best_estimator_.score(X_test, y_test)
    if acc > best:
        best = acc
        best_clf = g.best_estimator_
print("Best test accuracy", best)
