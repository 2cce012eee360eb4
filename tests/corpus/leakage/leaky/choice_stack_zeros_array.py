# expect: L306@14
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier, ExtraTreesClassifier
clfs = [RandomForestClassifier(), ExtraTreesClassifier()]
S_train = np.zeros((X_train.shape[0], 2)); S_test = np.zeros((X_test.shape[0], 2))
for i, clf in enumerate(clfs):
    clf.fit(X_train, y_train)
    S_train[:, i] = clf.predict(X_train)
    S_test[:, i] = clf.predict(X_test)
lr = LogisticRegression().fit(S_train, y_train)
print(lr.score(S_test, y_test))
