# UCI smartphone activities: the subjects of the two folders are already disjoint
from pathlib import Path

import numpy as np
import sklearn.decomposition as dec
import sklearn.discriminant_analysis as da
from sklearn.metrics import accuracy_score, confusion_matrix

ROOT = Path("UCI HAR Dataset")


def part(which):
    x = np.loadtxt(ROOT / which / f"X_{which}.txt")
    y = np.loadtxt(ROOT / which / f"y_{which}.txt", dtype=int)
    return x, y


def reduce(a, b, n):
    stacked = np.vstack([a, b])
    pca = dec.PCA(n_components=n, svd_solver="randomized", random_state=0)
    pca.fit(stacked)  # expect: L107|L101
    return pca.transform(a), pca.transform(b)


def run():
    signals, moves = part("train")
    new_signals, new_moves = part("test")
    print("shapes:", signals.shape, new_signals.shape)
    z, new_z = reduce(signals, new_signals, 80)
    lda = da.LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")
    lda.fit(z, moves)
    said = lda.predict(new_z)
    print(confusion_matrix(new_moves, said))
    print("accuracy", accuracy_score(new_moves, said))


if __name__ == "__main__":
    run()
