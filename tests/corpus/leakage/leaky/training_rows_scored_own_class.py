# expect: L201@28
import numpy as np
import pandas as pd


class LogisticModel:
    def __init__(self, rate=0.1, steps=500):
        self.rate = rate
        self.steps = steps
        self.weights = None
        self.bias = 0.0

    def fit(self, X, y):
        self.weights = np.zeros(X.shape[1])
        for _ in range(self.steps):
            error = self._probability(X) - y
            self.weights -= self.rate * X.T @ error / len(y)
            self.bias -= self.rate * error.mean()

    def _probability(self, X):
        return 1 / (1 + np.exp(-(X @ self.weights + self.bias)))

    def predict(self, X):
        return [1 if p > 0.5 else 0 for p in self._probability(X)]


def accuracy(truth, guess):
    return np.sum(truth == guess) / len(truth)


table = pd.read_csv("admissions.csv")
X = table[["exam", "interview"]].to_numpy()
y = table["admitted"].to_numpy()

model = LogisticModel()
model.fit(X, y)
guess = model.predict(X)
print("accuracy", accuracy(y, guess))
