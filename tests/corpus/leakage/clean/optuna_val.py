# expect: none
import optuna
import pandas as pd
import xgboost as xgb
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("d.csv")
X, y = df.drop(columns=["y"]), df["y"]
X_dev, X_test, y_dev, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
X_tr, X_va, y_tr, y_va = train_test_split(X_dev, y_dev, test_size=0.25, random_state=0)
sc = StandardScaler().fit(X_tr)


def objective(trial):
    params = {"max_depth": trial.suggest_int("max_depth", 2, 8)}
    m = xgb.XGBClassifier(**params, early_stopping_rounds=20)
    m.fit(sc.transform(X_tr), y_tr, eval_set=[(sc.transform(X_va), y_va)], verbose=False)
    return log_loss(y_va, m.predict_proba(sc.transform(X_va)))


study = optuna.create_study()
study.optimize(objective, n_trials=20)
best = xgb.XGBClassifier(**study.best_params).fit(sc.transform(X_dev), y_dev)
print(log_loss(y_test, best.predict_proba(sc.transform(X_test))))
