import functools
import sys

import numpy as np
from scipy.sparse import load_npz
from sklearn.feature_selection import SelectPercentile, chi2
from sklearn.metrics import hamming_loss
from sklearn.model_selection import ShuffleSplit
from sklearn.naive_bayes import ComplementNB

"""Clauses of contracts, hashed counts made elsewhere; which clauses are about liability?"""

best_words = functools.partial(SelectPercentile, chi2, percentile=5)


def reduce(counts, liability):
    return best_words().fit_transform(counts, liability)  # expect: L105


def rows(n, seed):
    splitter = ShuffleSplit(n_splits=1, test_size=0.2, random_state=seed)
    return next(splitter.split(np.zeros(n)))


def main(folder="clauses"):
    counts = load_npz(f"{folder}/counts.npz").tocsr()
    liability = np.load(f"{folder}/liability.npy")
    print("clauses and hashed words:", counts.shape)
    counts = reduce(counts, liability)
    learn, judge = rows(counts.shape[0], seed=9)
    nb = ComplementNB().fit(counts[learn], liability[learn])
    print("words kept:", counts.shape[1])
    print("share of errors:", round(hamming_loss(liability[judge], nb.predict(counts[judge])), 4))


if __name__ == "__main__":
    main(*sys.argv[1:])
