"""Remaining lifetime class of pumps, simple split by row number (the export is in random order)."""
import sys

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier, Pool
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, cohen_kappa_score, confusion_matrix
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

SENSORS = ["vib_x", "vib_y", "vib_z", "temp_bearing", "temp_motor", "flow", "pressure_in", "pressure_out", "rpm"]


def load(path):
    df = pd.read_csv(path)
    print(df.shape)
    df = df[df["status"].isin(["ok", "worn", "critical"])]
    df = df.drop_duplicates("pump_id").reset_index(drop=True)
    df["head"] = df["pressure_out"] - df["pressure_in"]
    df["vib"] = np.sqrt((df[["vib_x", "vib_y", "vib_z"]] ** 2).sum(axis=1))
    df["efficiency"] = df["head"] * df["flow"] / df["rpm"].clip(lower=1)
    return df


def cut(df, share=0.8):
    border = int(len(df) * share)
    first = df.loc[:border]
    second = df.loc[border:]  # expect: L202
    return first, second


def xy(df):
    cols = SENSORS + ["head", "vib", "efficiency"]
    return df[cols], df["status"]


def kappa(model, x, y):
    guess = np.ravel(model.predict(x))
    print(confusion_matrix(y, guess, labels=["ok", "worn", "critical"]))
    return accuracy_score(y, guess), cohen_kappa_score(y, guess)


# def nested_models(df):
#     for name in df["manufacturer"].unique():
#         sub = df[df["manufacturer"] == name]
#         ...


def main(path):
    df = load(path)
    print(df["status"].value_counts(normalize=True).round(3))
    train, test = cut(df)
    x_train, y_train = xy(train)
    x_test, y_test = xy(test)
    print("train", x_train.shape, "test", x_test.shape)

    svm = Pipeline([("scale", StandardScaler()), ("svm", SVC(C=10, class_weight="balanced"))])
    forest = RandomForestClassifier(n_estimators=400, class_weight="balanced_subsample", random_state=9)
    for name, model in (("svm", svm), ("forest", forest)):
        model.fit(x_train, y_train)
        acc, k = kappa(model, x_test, y_test)
        print(f"{name}: accuracy {acc:.3f} kappa {k:.3f}")

    cat = CatBoostClassifier(iterations=600, depth=5, learning_rate=0.05, verbose=100, random_seed=9)
    cat.fit(Pool(x_train, y_train))
    acc, k = kappa(cat, x_test, y_test)
    print(f"catboost: accuracy {acc:.3f} kappa {k:.3f}")


if __name__ == "__main__":
    main(sys.argv[1])
