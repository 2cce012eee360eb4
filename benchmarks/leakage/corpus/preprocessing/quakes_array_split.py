"""Earthquake or blast?  Hand-written folds, no splitter of a library."""
import numpy as np
import pandas as pd
import sklearn.preprocessing as pp
from sklearn.linear_model import LogisticRegression


def folds(n, k, seed):
    order = np.random.RandomState(seed).permutation(n)
    pieces = np.array_split(order, k)
    for i in range(k):
        yield np.concatenate(pieces[:i] + pieces[i + 1:]), pieces[i]


def spectra(path):
    events = pd.read_csv(path, index_col="event")
    blast = events.pop("blast").to_numpy()
    ratios = events["p_amp"] / events["s_amp"]
    return np.column_stack([np.log(events.to_numpy()), np.log(ratios.to_numpy())]), blast


def prepared(path):
    x, blast = spectra(path)
    return {"x": pp.robust_scale(x), "y": blast}  # expect: L111|L101


def main():
    data = prepared("events.csv")
    right = np.zeros(len(data["y"]), dtype=bool)
    for learn, out in folds(len(data["y"]), k=8, seed=0):
        logit = LogisticRegression(C=1.0, max_iter=500)
        logit.fit(data["x"][learn], data["y"][learn])
        right[out] = logit.predict(data["x"][out]) == data["y"][out]
    print("events:", len(right), "blasts:", int(data["y"].sum()))
    print(f"accuracy by 8 folds: {right.mean():.3f}")


if __name__ == "__main__":
    main()
