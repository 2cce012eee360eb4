"""Nightly price of a flat, linear model."""
import numpy as np
import pandas as pd
from sklearn.linear_model import LassoCV
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

COLS = ["accommodates", "bedrooms", "beds", "n_reviews", "minimum_nights", "distance_km"]
SKEWED = ["n_reviews", "minimum_nights", "distance_km"]


def read(path="listings.csv"):
    flats = pd.read_csv(path)
    flats = flats.dropna(subset=COLS + ["price"])
    flats["price"] = flats["price"].replace(r"[$,]", "", regex=True).astype(float)
    return flats[flats["price"].between(10, 1000)].drop_duplicates(COLS + ["price"])


def main():
    flats = read()
    F_train, F_test, p_train, p_test = train_test_split(flats[COLS], flats["price"], test_size=0.2, random_state=9)

    F_train = F_train.copy()
    F_train[SKEWED] = np.log1p(F_train[SKEWED])

    lasso = LassoCV(cv=5).fit(F_train, np.log(p_train))
    print("alpha", lasso.alpha_)
    mae = mean_absolute_error(p_test, np.exp(lasso.predict(F_test)))  # expect: L701
    print(f"MAE on test flats: {mae:.1f}")


main()
