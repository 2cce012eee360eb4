# expect: none
import numpy as np
import pandas as pd
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold
from xgboost import XGBRegressor


def load(path="mercedes_train.csv"):
    cars = pd.read_csv(path)
    y = cars["y"].to_numpy()
    X = pd.get_dummies(cars.drop(columns=["ID", "y"])).astype(np.uint8).to_numpy()
    return X, y


def cross_validate(X, y, params, n_splits=5):
    oof = np.full(len(y), np.nan)
    curves = []
    for tr, va in KFold(n_splits, shuffle=True, random_state=2020).split(X):
        model = XGBRegressor(**params)
        model.fit(X[tr], y[tr], eval_set=[(X[va], y[va])], verbose=False)
        curves.append(model.evals_result()["validation_0"]["rmse"])
        oof[va] = model.predict(X[va])
    return oof, np.array(curves)


if __name__ == "__main__":
    X, y = load()
    params = dict(n_estimators=400, learning_rate=0.02, max_depth=3, subsample=0.9)
    oof, curves = cross_validate(X, y, params)
    np.save("curves.npy", curves)
    print("out-of-fold R2:", r2_score(y, oof))
