# expect: L301@13
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from bayes_opt import BayesianOptimization
from sklearn.ensemble import RandomForestClassifier
def rf_eval(n, d):
    m = RandomForestClassifier(n_estimators=int(n), max_depth=int(d)).fit(X_train, y_train)
    return f1_score(y_test, m.predict(X_test))
opt = BayesianOptimization(f=rf_eval, pbounds={"n": (10, 200), "d": (2, 10)})
opt.maximize(init_points=5, n_iter=20)
print(opt.max)
