"""Red wine quality: regression baseline for the lab meeting."""
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split

CHEMISTRY = [
    "fixed acidity", "volatile acidity", "citric acid", "residual sugar", "chlorides",
    "free sulfur dioxide", "total sulfur dioxide", "density", "pH", "sulphates", "alcohol",
]


def load(path):
    wine = pd.read_csv(path, sep=";")
    wine = wine.drop_duplicates()
    wine["sulfur_ratio"] = wine["free sulfur dioxide"] / wine["total sulfur dioxide"]
    return wine[CHEMISTRY + ["sulfur_ratio"]], wine["quality"].astype(float)


def main():
    chem, quality = load("winequality-red.csv")
    chem_tr, chem_te, q_tr, q_te = train_test_split(chem, quality, test_size=0.2, random_state=0)

    model = GradientBoostingRegressor(n_estimators=300, max_depth=4, subsample=0.7, random_state=0)
    model.fit(chem_tr, q_tr)

    pred = model.predict(chem_tr)
    print("Test R2:  %.3f" % r2_score(q_tr, pred))  # expect: L201|L701
    print("Test MAE: %.3f" % mean_absolute_error(q_tr, pred))  # expect: L201|L701


if __name__ == "__main__":
    main()
