# expect: none
"""Abalone rings: how do training and test error develop with the size of the forest and of the data?"""
import argparse
from collections import defaultdict
from typing import Dict, List, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import learning_curve, train_test_split
from sklearn.preprocessing import PolynomialFeatures
from sklearn.pipeline import make_pipeline

HEADER = ["sex", "length", "diameter", "height", "whole", "shucked", "viscera", "shell", "rings"]


class Row(NamedTuple):
    model: str
    seed: int
    n: int
    train_mae: float
    test_mae: float
    train_r2: float
    test_r2: float


def load(path: str):
    df = pd.read_csv(path, names=HEADER)
    df = df[(df["height"] > 0) & (df["height"] < 0.5)]
    df = pd.get_dummies(df, columns=["sex"])
    return df.drop(columns="rings"), df["rings"]


def one(model_name: str, seed: int, frac: float, X, y) -> Row:
    models = {
        "linear": LinearRegression(),
        "poly": make_pipeline(PolynomialFeatures(2), LinearRegression()),
        "forest": RandomForestRegressor(200, min_samples_leaf=3, random_state=seed),
        "boosting": GradientBoostingRegressor(n_estimators=150, random_state=seed),
    }
    model = models[model_name]
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=seed)
    n = int(frac * len(X_train))
    X_train, y_train = X_train.iloc[:n], y_train.iloc[:n]
    model.fit(X_train, y_train)
    on_train, on_test = model.predict(X_train), model.predict(X_test)
    return Row(
        model_name,
        seed,
        n,
        mean_absolute_error(y_train, on_train),
        mean_absolute_error(y_test, on_test),
        r2_score(y_train, on_train),
        r2_score(y_test, on_test),
    )


def draw(rows: List[Row], path: str) -> None:
    by_model: Dict[str, List[Row]] = defaultdict(list)
    for row in rows:
        by_model[row.model].append(row)
    fig, axes = plt.subplots(1, len(by_model), figsize=(4 * len(by_model), 3.5), sharey=True)
    for ax, (name, items) in zip(axes, by_model.items()):
        table = pd.DataFrame(items).groupby("n")[["train_mae", "test_mae"]].mean()
        ax.plot(table.index, table["train_mae"], "o--", label="train")
        ax.plot(table.index, table["test_mae"], "o-", label="test")
        ax.set_title(name)
        ax.legend()
    fig.savefig(path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--csv", default="abalone.data")
    parser.add_argument("--jobs", type=int, default=-1)
    args = parser.parse_args()
    X, y = load(args.csv)
    tasks = [(m, s, f) for m in ("linear", "poly", "forest", "boosting") for s in range(5) for f in (0.1, 0.25, 0.5, 1.0)]
    rows = Parallel(args.jobs)(delayed(one)(m, s, f, X, y) for m, s, f in tasks)
    print(pd.DataFrame(rows).groupby(["model", "n"]).mean(numeric_only=True).round(3))
    draw(rows, "curves.png")
    sizes, tr, te = learning_curve(RandomForestRegressor(100), X, y, cv=5, scoring="neg_mean_absolute_error")
    for size, a, b in zip(sizes, tr.mean(axis=1), te.mean(axis=1)):
        print(f"{size:5d} train {-a:.3f} cv {-b:.3f}")


if __name__ == "__main__":
    main()
