# expect: none
"""EMG gestures, 36 subjects: leave some subjects out, scaler per training part."""
import argparse
import logging
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import balanced_accuracy_score, confusion_matrix
from sklearn.model_selection import GridSearchCV, GroupKFold, GroupShuffleSplit, LeaveOneGroupOut, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

log = logging.getLogger("emg")
CHANNELS = [f"channel{i}" for i in range(1, 9)]


def zero_crossings(w):
    return (np.diff(np.signbit(w), axis=0) != 0).sum(axis=0)


def describe(window):
    a = np.abs(window)
    return np.concatenate(
        [a.mean(axis=0), np.sqrt((window**2).mean(axis=0)), np.abs(np.diff(window, axis=0)).sum(axis=0), zero_crossings(window)]
    )


def windows(table, width, step):
    for gesture, part in table[table["class"].between(1, 6)].groupby("class"):
        block = part[CHANNELS].to_numpy() * 1e5
        for i in range(0, len(block) - width, step):
            yield gesture, describe(block[i : i + width])


def collect(folder, width=200, step=200):
    rows, labels, subjects = [], [], []
    for path in sorted(Path(folder).glob("*/*.txt")):
        table = pd.read_csv(path, sep="\t").dropna()
        for gesture, row in windows(table, width, step):
            rows.append(row)
            labels.append(int(gesture))
            subjects.append(path.parent.name)
    return np.vstack(rows), np.array(labels), np.array(subjects)


def scaled(model):
    return Pipeline([("scale", StandardScaler()), ("model", model)])


def candidates():
    yield "lda", scaled(LinearDiscriminantAnalysis()), {}
    yield "svm", scaled(SVC()), {"model__C": [1, 10, 100], "model__gamma": ["scale", 0.01]}
    yield "rf", RandomForestClassifier(300, n_jobs=-1, random_state=0), {"min_samples_leaf": [1, 5]}


def within_subject(X, y, subjects):
    """How good is a model that was calibrated on the same person? First repetition -> second repetition."""
    scores = {}
    for s in np.unique(subjects):
        Xs, ys = X[subjects == s], y[subjects == s]
        half = np.zeros(len(ys), dtype=bool)
        for g in np.unique(ys):
            index = np.flatnonzero(ys == g)
            half[index[: len(index) // 2]] = True
        m = scaled(LinearDiscriminantAnalysis()).fit(Xs[half], ys[half])
        scores[s] = balanced_accuracy_score(ys[~half], m.predict(Xs[~half]))
    return scores


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--test-share", type=float, default=0.25)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    X, y, subjects = collect(args.folder)
    log.info("%d windows, %d subjects", len(y), len(set(subjects)))
    train, test = next(GroupShuffleSplit(1, test_size=args.test_share, random_state=36).split(X, y, subjects))
    log.info("test subjects %s", sorted(set(subjects[test])))
    for name, model, grid in candidates():
        search = GridSearchCV(model, grid, cv=GroupKFold(5), scoring="balanced_accuracy", n_jobs=-1)
        search.fit(X[train], y[train], groups=subjects[train])
        guess = search.predict(X[test])
        log.info("%s %s cv %.3f test %.3f", name, search.best_params_, search.best_score_, balanced_accuracy_score(y[test], guess))
        log.info("\n%s", confusion_matrix(y[test], guess))
    logo = cross_val_score(scaled(LinearDiscriminantAnalysis()), X, y, groups=subjects, cv=LeaveOneGroupOut())
    log.info("leave one subject out: %.3f +- %.3f", logo.mean(), logo.std())
    own = within_subject(X, y, subjects)
    log.info("own calibration: %.3f", np.mean(list(own.values())))
    for a, b in product(["mean", "min"], [logo, list(own.values())]):
        log.debug("%s %s", a, getattr(np, a)(b))


if __name__ == "__main__":
    main()
