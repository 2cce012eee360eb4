# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.svm import SVC
from sklearn.ensemble import RandomForestClassifier
grids = {"svc": GridSearchCV(SVC(), {"C": [1, 2]}), "rf": RandomizedSearchCV(RandomForestClassifier(), {"max_depth": [1, 2]})}
best_score, best = 0, None
for name, g in grids.items():
    g.fit(X_train, y_train)
    if g.best_score_ > best_score:
        best_score, best = g.best_score_, g
print(best.best_params_, accuracy_score(y_test, best.predict(X_test)))
