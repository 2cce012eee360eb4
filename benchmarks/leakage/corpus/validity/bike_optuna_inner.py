# expect: none
import lightgbm as lgb
import numpy as np
import optuna
import pandas as pd
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import TimeSeriesSplit, cross_val_score

hours = pd.read_csv("hour.csv")
cut = int(len(hours) * 0.8)
y = np.log1p(hours.pop("cnt"))
hours = hours.drop(columns=["instant", "dteday", "casual", "registered"])
X_train, X_test, y_train, y_test = hours[:cut], hours[cut:], y[:cut], y[cut:]


def objective(trial):
    params = {
        "num_leaves": trial.suggest_int("num_leaves", 15, 255),
        "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.3, log=True),
    }
    reg = lgb.LGBMRegressor(n_estimators=400, **params, verbose=-1)
    folds = TimeSeriesSplit(n_splits=4)
    return -cross_val_score(reg, X_train, y_train, cv=folds, scoring="neg_mean_squared_error").mean()


study = optuna.create_study(direction="minimize")
study.optimize(objective, n_trials=60)

final = lgb.LGBMRegressor(n_estimators=400, **study.best_params, verbose=-1)
final.fit(X_train, y_train)
print("test RMSLE", np.sqrt(mean_squared_error(y_test, final.predict(X_test))))
