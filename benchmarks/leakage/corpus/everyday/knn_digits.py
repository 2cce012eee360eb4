# expect: none
"""k-NN from scratch on USPS digits, assignment 1 (ML 101).

Part a) distance functions
Part b) choose k
Part c) compare with sklearn
"""
import time

import h5py
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier


def load(path="usps.h5"):
    with h5py.File(path, "r") as hf:
        tr, te = hf.get("train"), hf.get("test")
        return tr.get("data")[:], tr.get("target")[:], te.get("data")[:], te.get("target")[:]


# ---------------------------------------------------------------- part a
def euclidean(a, b):
    aa = (a**2).sum(axis=1)[:, None]
    bb = (b**2).sum(axis=1)[None, :]
    return np.sqrt(np.maximum(aa + bb - 2 * a @ b.T, 0))


def manhattan(a, b):
    out = np.empty((len(a), len(b)))
    for i, row in enumerate(a):
        out[i] = np.abs(b - row).sum(axis=1)
    return out


def cosine(a, b):
    a = a / np.linalg.norm(a, axis=1, keepdims=True)
    b = b / np.linalg.norm(b, axis=1, keepdims=True)
    return 1 - a @ b.T


class KNN:
    def __init__(self, k=3, distance=euclidean, chunk=500):
        self.k = k
        self.distance = distance
        self.chunk = chunk

    def fit(self, X, y):
        self.X, self.y = X, y
        return self

    def predict(self, X):
        out = []
        for i in range(0, len(X), self.chunk):
            d = self.distance(X[i : i + self.chunk], self.X)
            near = np.argpartition(d, self.k, axis=1)[:, : self.k]
            votes = self.y[near]
            out.append(np.array([np.bincount(v, minlength=10).argmax() for v in votes]))
        return np.concatenate(out)

    def score(self, X, y):
        return float((self.predict(X) == y).mean())


X_train, y_train, X_test, y_test = load()
print(X_train.shape, X_test.shape)

fig, axes = plt.subplots(3, 8, figsize=(8, 3))
for ax, image, label in zip(axes.ravel(), X_train, y_train):
    ax.imshow(image.reshape(16, 16), cmap="gray")
    ax.set_title(label)
    ax.axis("off")
fig.savefig("digits.png")

# ---------------------------------------------------------------- part b
rng = np.random.default_rng(0)
order = rng.permutation(len(X_train))
X_fit, y_fit = X_train[order[1500:]], y_train[order[1500:]]
X_dev, y_dev = X_train[order[:1500]], y_train[order[:1500]]

best_k, best_distance, best_accuracy = None, None, 0
curve = {}
for distance in (euclidean, manhattan, cosine):
    for k in (1, 3, 5, 7, 9, 11, 15):
        t = time.time()
        accuracy = KNN(k, distance).fit(X_fit, y_fit).score(X_dev, y_dev)
        curve[distance.__name__, k] = accuracy
        print("%-10s k=%2d acc=%.4f (%.1fs)" % (distance.__name__, k, accuracy, time.time() - t))
        if accuracy > best_accuracy:
            best_k, best_distance, best_accuracy = k, distance, accuracy

plt.figure()
for name in {n for n, _ in curve}:
    ks = sorted(k for n, k in curve if n == name)
    plt.plot(ks, [curve[name, k] for k in ks], label=name)
plt.legend()
plt.savefig("k.png")
final = KNN(best_k, best_distance).fit(X_train, y_train)
print("best: k=%d with %s, dev %.4f" % (best_k, best_distance.__name__, best_accuracy))
print("test accuracy %.4f" % final.score(X_test, y_test))

# ---------------------------------------------------------------- part c
ref = KNeighborsClassifier(3).fit(X_train, y_train)
print("sklearn 3-NN   ", ref.score(X_test, y_test))
lr = LogisticRegression(max_iter=300).fit(X_train, y_train)
print("sklearn logreg ", lr.score(X_test, y_test))
