# expect: none
"""Fuel use; the target is scaled too, with one scaler for both directions."""
import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

COLS = ["mpg", "cylinders", "displacement", "horsepower", "weight", "acceleration", "year", "origin", "name"]


def load():
    cars = pd.read_csv("auto-mpg.data", names=COLS, sep=r"\s+", na_values="?").dropna()
    cars = pd.get_dummies(cars.drop(columns=["name", "year"]), columns=["origin"], dtype=float)
    return cars.drop(columns="mpg").to_numpy(), cars["mpg"].to_numpy()


def fold_error(x, y, tr, te):
    sx, sy = StandardScaler(), StandardScaler()
    svr = SVR(C=5.0, epsilon=0.05)
    svr.fit(sx.fit_transform(x[tr]), sy.fit_transform(y[tr].reshape(-1, 1)).ravel())
    scaled = svr.predict(sx.transform(x[te]))
    back = sy.inverse_transform(scaled.reshape(-1, 1)).ravel()
    return mean_absolute_error(y[te], back)


def main():
    x, y = load()
    errors = [fold_error(x, y, tr, te) for tr, te in KFold(6, shuffle=True, random_state=1).split(x)]
    print("MAE per fold:", np.round(errors, 2))
    print("mean MAE:", np.mean(errors).round(2), "miles per gallon")


if __name__ == "__main__":
    main()
