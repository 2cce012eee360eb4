import argparse

import pandas as pd
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import MinMaxScaler, OrdinalEncoder

# Strength class of cement samples, k chosen by cross-validation within the training part.

GRID = {"n_neighbors": [3, 5, 9, 15, 25], "weights": ["uniform", "distance"], "p": [1, 2]}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--test", type=float, default=0.2)
    return parser.parse_args()


def get(path):
    samples = pd.read_csv(path)
    samples["plant"] = OrdinalEncoder().fit_transform(samples[["plant"]]).ravel()
    strength = samples.pop("strength_28d")
    return samples.drop(columns=["sample"]), strength


def main():
    args = arguments()
    samples, strength = get(args.file)
    scaled = MinMaxScaler().fit_transform(samples)  # expect: L101|L111
    s_tr, s_te, v_tr, v_te = train_test_split(scaled, strength, test_size=args.test, random_state=0)
    search = GridSearchCV(KNeighborsRegressor(), GRID, scoring="neg_mean_absolute_error", cv=5)
    search.fit(s_tr, v_tr)
    print("chosen:", search.best_params_)
    print(f"MAE {mean_absolute_error(v_te, search.predict(s_te)):.2f} MPa")


if __name__ == "__main__":
    main()
