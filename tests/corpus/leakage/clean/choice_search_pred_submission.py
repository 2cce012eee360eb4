# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.model_selection import GridSearchCV
from sklearn.svm import SVC
test = pd.read_csv("test.csv")
g = GridSearchCV(SVC(), {"C": [1, 2]}, cv=5)
g.fit(X, y)
print(g.best_score_)
pd.DataFrame({"id": test["id"], "y": g.predict(test.drop(columns="id"))}).to_csv("sub.csv")
