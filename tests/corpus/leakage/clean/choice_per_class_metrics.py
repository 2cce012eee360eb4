# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.ensemble import RandomForestClassifier
rf = RandomForestClassifier().fit(X_train, y_train)
f1s = f1_score(y_test, rf.predict(X_test), average=None)
print("worst class", np.argmin(f1s), f1s.min(), f1s.max())
