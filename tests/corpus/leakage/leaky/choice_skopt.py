# expect: L301@14
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from skopt import gp_minimize
from sklearn.svm import SVC
def f(params):
    m = SVC(C=params[0], gamma=params[1])
    m.fit(X_train, y_train)
    return 1 - m.score(X_test, y_test)
res = gp_minimize(f, [(0.1, 10.0), (0.001, 1.0)], n_calls=30)
print(res.fun, res.x)
