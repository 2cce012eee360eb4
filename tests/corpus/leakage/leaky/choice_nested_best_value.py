# expect: L305@20
import optuna
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.model_selection import KFold, cross_val_score

data = pd.read_csv("houses.csv")
features, price = data.drop(columns=["price"]), data["price"]


def objective(trial):
    model = GradientBoostingRegressor(
        n_estimators=trial.suggest_int("n_estimators", 50, 500),
        learning_rate=trial.suggest_float("learning_rate", 0.01, 0.3, log=True),
    )
    return -cross_val_score(model, features, price, cv=KFold(5), scoring="neg_mean_absolute_error").mean()


study = optuna.create_study(direction="minimize")
study.optimize(objective, n_trials=100)
print("MAE of the tuned model:", study.best_value)
