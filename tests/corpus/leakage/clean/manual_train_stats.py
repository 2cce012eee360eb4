# expect: none
import numpy as np
import pandas as pd
from sklearn.linear_model import Lasso
from sklearn.model_selection import train_test_split

df = pd.read_csv("a.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns=["y"]), df["y"])
mu, sd = X_train.mean(), X_train.std()
med = X_train["a"].median()
X_train["a"] = X_train["a"].fillna(med)
X_test["a"] = X_test["a"].fillna(med)
X_train = (X_train - mu) / sd
X_test = (X_test - mu) / sd
m = Lasso().fit(X_train, y_train)
pred = m.predict(X_test)
ss_res = ((y_test - pred) ** 2).sum()
ss_tot = ((y_test - y_test.mean()) ** 2).sum()
print("R2", 1 - ss_res / ss_tot)
