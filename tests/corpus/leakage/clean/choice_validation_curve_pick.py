# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.model_selection import validation_curve
from sklearn.svm import SVC
rng = [0.1, 1, 10]
tr, va = validation_curve(SVC(), X_train, y_train, param_name="C", param_range=rng, cv=5)
best = rng[np.argmax(va.mean(axis=1))]
print(SVC(C=best).fit(X_train, y_train).score(X_test, y_test))
