# expect: L304@11
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
m = LogisticRegression().fit(X_train, y_train)
p = m.predict_proba(X_test)[:, 1]
best_t, best_f1 = max(((t, f1_score(y_test, p >= t)) for t in np.linspace(0, 1, 50)), key=lambda z: z[1])
print("F1 at best threshold", best_f1)
