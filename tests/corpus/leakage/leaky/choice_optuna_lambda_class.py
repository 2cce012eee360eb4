# expect: L301@18
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import optuna
from lightgbm import LGBMClassifier
class Objective:
    def __init__(self, a, b, c, d):
        self.a, self.b, self.c, self.d = a, b, c, d
    def __call__(self, trial):
        m = LGBMClassifier(num_leaves=trial.suggest_int("n", 4, 64))
        m.fit(self.a, self.c)
        return roc_auc_score(self.d, m.predict_proba(self.b)[:, 1])
study = optuna.create_study(direction="maximize")
study.optimize(Objective(X_train, X_test, y_train, y_test), n_trials=20)
print("Best AUC", study.best_value)
