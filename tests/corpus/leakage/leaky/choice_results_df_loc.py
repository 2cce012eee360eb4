# expect: L301@13
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import Lasso, Ridge
results = pd.DataFrame(columns=["model", "score"])
for n, mod in {"lasso": Lasso(), "ridge": Ridge()}.items():
    mod.fit(X_train, y_train)
    results.loc[len(results)] = [n, mod.score(X_test, y_test)]
top = results.sort_values("score", ascending=False).iloc[0]
print("winner:", top["model"], top["score"])
