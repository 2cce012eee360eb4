# expect: L102@9 L104@12
import pandas as pd
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.svm import SVR
from sklearn.metrics import r2_score

df = pd.read_csv("energy.csv")
df["age"] = df["age"].fillna(df["age"].median())
X = df[["age", "load", "temp"]]
y = df["kwh"]
X = (X - X.mean()) / X.std()
X_train, X_test, y_train, y_test = train_test_split(X.values, y.values)
svr = SVR().fit(X_train, y_train)
print(r2_score(y_test, svr.predict(X_test)))
