# expect: L303@15
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import SGDClassifier
import copy
clf = SGDClassifier()
best_acc, best_clf = 0, None
for epoch in range(100):
    clf.partial_fit(X_train, y_train, classes=[0, 1])
    acc = clf.score(X_test, y_test)
    if acc > best_acc:
        best_acc, best_clf = acc, copy.deepcopy(clf)
print(best_acc)
