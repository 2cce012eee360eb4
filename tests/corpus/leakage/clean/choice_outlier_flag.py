# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.ensemble import IsolationForest, RandomForestClassifier
iso = IsolationForest().fit(X_train)
X_train["out"] = iso.predict(X_train); X_test["out"] = iso.predict(X_test)
print(RandomForestClassifier().fit(X_train, y_train).score(X_test, y_test))
