"""Search with optuna, then the final model."""
import numpy as np
import optuna
import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import cross_val_score, train_test_split
from xgboost import XGBRegressor

optuna.logging.set_verbosity(optuna.logging.WARNING)
SEED = 21

df = pd.read_csv("taxi.csv")
df = df.query("0 < trip_minutes < 180")
df["speed_hint"] = df["distance"] / df["rush_factor"]
df["dist_log"] = np.log1p(df["distance"])

X = df.drop(columns=["trip_minutes"])
y = df["trip_minutes"]
X_dev, X_hold, y_dev, y_hold = train_test_split(X, y, test_size=0.2, random_state=SEED)


def objective(trial):
    params = {
        "n_estimators": trial.suggest_int("n_estimators", 100, 600),
        "max_depth": trial.suggest_int("max_depth", 3, 9),
        "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.3, log=True),
        "subsample": trial.suggest_float("subsample", 0.5, 1.0),
    }
    model = XGBRegressor(random_state=SEED, **params)
    scores = cross_val_score(model, X_dev, y_dev, cv=3, scoring="neg_mean_absolute_error")
    return -scores.mean()


study = optuna.create_study(direction="minimize", sampler=optuna.samplers.TPESampler(seed=SEED))
study.optimize(objective, n_trials=30)
print("best cv mae", study.best_value)

final = XGBRegressor(random_state=SEED, **study.best_params)
final.fit(X_dev, y_dev)
hold_mae = mean_absolute_error(y_hold, final.predict(X_hold))
print("holdout MAE", hold_mae)
