# expect: L301@14
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import optuna
from lightgbm import LGBMClassifier
def objective(trial, a, b, c, d):
    m = LGBMClassifier(num_leaves=trial.suggest_int("n", 4, 64)).fit(a, c)
    return accuracy_score(d, m.predict(b))
study = optuna.create_study(direction="maximize")
study.optimize(lambda t: objective(t, X_train, X_test, y_train, y_test), n_trials=20)
final = LGBMClassifier(**study.best_params).fit(X_train, y_train)
print(accuracy_score(y_test, final.predict(X_test)))
