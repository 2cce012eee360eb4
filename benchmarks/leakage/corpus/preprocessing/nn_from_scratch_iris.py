"""Two-layer network written by hand; course homework 2."""
import numpy as np
from sklearn.datasets import load_iris


class Standardizer:
    def __init__(self):
        self.mean_ = None
        self.std_ = None

    def fit(self, A):
        self.mean_ = A.mean(axis=0)
        self.std_ = A.std(axis=0) + 1e-8
        return self

    def transform(self, A):
        return (A - self.mean_) / self.std_


def one_hot(t, k):
    out = np.zeros((len(t), k))
    out[np.arange(len(t)), t] = 1
    return out


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


rng = np.random.RandomState(1)
iris = load_iris()
A, t = iris.data, iris.target
std = Standardizer().fit(A)  # expect: L104|L101
A = std.transform(A)

order = rng.permutation(len(A))
tr, te = order[:105], order[105:]
T = one_hot(t[tr], 3)

W1 = rng.randn(4, 8) * 0.3
W2 = rng.randn(8, 3) * 0.3
for step in range(2000):
    h = np.tanh(A[tr] @ W1)
    p = softmax(h @ W2)
    d2 = (p - T) / len(tr)
    d1 = (d2 @ W2.T) * (1 - h ** 2)
    W2 -= 0.5 * h.T @ d2
    W1 -= 0.5 * A[tr].T @ d1

guess = softmax(np.tanh(A[te] @ W1) @ W2).argmax(axis=1)
print("accuracy on the 45 held-out flowers:", (guess == t[te]).mean())
