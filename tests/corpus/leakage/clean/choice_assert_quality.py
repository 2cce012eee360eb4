# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
mm = LogisticRegression().fit(X_train, y_train)
acc = mm.score(X_test, y_test)
assert acc > 0.7
if acc < 0.8:
    raise SystemExit("not good enough")
baseline = accuracy_score(y_test, np.zeros(len(y_test)))
if acc > baseline:
    import joblib
    joblib.dump(mm, "model.pkl")
print(acc)
