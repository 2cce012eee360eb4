"""Perceptron from scratch on the banknote data (exercise 3)."""
import numpy as np


def load_banknotes(path="data_banknote_authentication.txt"):
    raw = np.loadtxt(path, delimiter=",")
    features = raw[:, :4]
    target = np.where(raw[:, 4] > 0, 1, -1)
    return features, target


class Perceptron:
    def __init__(self, lr=0.01, epochs=30, seed=0):
        self.lr = lr
        self.epochs = epochs
        self.rng = np.random.default_rng(seed)

    def fit(self, X, y):
        self.w = self.rng.normal(scale=0.01, size=X.shape[1] + 1)
        self.mistakes = []
        for _ in range(self.epochs):
            wrong = 0
            for xi, yi in zip(X, y):
                update = self.lr * (yi - self.predict(xi[None, :])[0])
                self.w[1:] += update * xi
                self.w[0] += update
                wrong += int(update != 0.0)
            self.mistakes.append(wrong)
        return self

    def predict(self, X):
        return np.where(X @ self.w[1:] + self.w[0] >= 0.0, 1, -1)


X, y = load_banknotes()
order = np.random.default_rng(1).permutation(len(X))
X, y = X[order], y[order]

net = Perceptron(epochs=50).fit(X, y)
acc = np.mean(net.predict(X) == y)  # expect: L201
print(f"The perceptron recognises forged notes with {acc:.1%} accuracy")
