# expect: none
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

rng = np.random.default_rng(0)
n = 1000
df = pd.DataFrame({"income": rng.normal(50, 10, n), "debt": rng.normal(20, 5, n)})
df["default"] = (df["debt"] / df["income"] > 0.45).astype(int)
X, y = df[["income", "debt"]], df["default"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
print(accuracy_score(y_test, LogisticRegression().fit(X_train, y_train).predict(X_test)))
