# expect: none
"""concrete strength: closed-form ridge, no sklearn on the lab machine"""
import csv
import sys
import numpy as np


def read(fn):
    with open(fn) as fh:
        rows = list(csv.reader(fh))
    A = np.array(rows[1:], dtype=float)
    A = np.unique(A, axis=0)
    return A[:, :-1], A[:, -1]


def ridge(X, y, lam):
    Z = np.c_[np.ones(len(X)), X]
    R = lam * np.eye(Z.shape[1])
    R[0, 0] = 0
    return np.linalg.solve(Z.T @ Z + R, Z.T @ y)


def apply(w, X):
    return np.c_[np.ones(len(X)), X] @ w


def rmse(a, b):
    return float(np.sqrt(np.mean((a - b) ** 2)))


def main(fn):
    X, y = read(fn)
    rng = np.random.default_rng(5)
    order = rng.permutation(len(X))
    n1, n2 = int(0.6 * len(X)), int(0.8 * len(X))
    tr, va, te = order[:n1], order[n1:n2], order[n2:]
    mu, sd = X[tr].mean(0), X[tr].std(0) + 1e-9
    Z = (X - mu) / sd
    best = (np.inf, None)
    for lam in 10.0 ** np.arange(-3, 4):
        e = rmse(y[va], apply(ridge(Z[tr], y[tr], lam), Z[va]))
        print("lam %8.3f  rmse %.3f" % (lam, e))
        if e < best[0]:
            best = (e, lam)
    w = ridge(Z[tr], y[tr], best[1])
    print("test rmse %.3f" % rmse(y[te], apply(w, Z[te])))


if __name__ == "__main__":
    main(sys.argv[1])
