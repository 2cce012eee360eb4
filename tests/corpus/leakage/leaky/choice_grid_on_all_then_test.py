# expect: L301@10
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC
g = GridSearchCV(SVC(), {"C": [0.1, 1, 10]}, cv=5)
g.fit(X, y)
best = SVC(**g.best_params_)
best.fit(X_train, y_train)
print(best.score(X_test, y_test))
