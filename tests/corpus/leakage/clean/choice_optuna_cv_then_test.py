# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import optuna
from sklearn.model_selection import cross_val_score
from lightgbm import LGBMClassifier
def objective(trial):
    m = LGBMClassifier(num_leaves=trial.suggest_int("n", 4, 64))
    return cross_val_score(m, X_train, y_train, cv=5, scoring="roc_auc").mean()
study = optuna.create_study(direction="maximize")
study.optimize(objective, n_trials=20)
print(study.best_value)
final = LGBMClassifier(**study.best_params).fit(X_train, y_train)
print(accuracy_score(y_test, final.predict(X_test)))
