# expect: none
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split


class Neighbours:
    def __init__(self, k=5):
        self.k = k

    def fit(self, X, y):
        self.X = X
        self.y = y
        return self

    def predict(self, X):
        found = []
        for row in X:
            nearest = np.argsort(((self.X - row) ** 2).sum(axis=1))[: self.k]
            found.append(np.bincount(self.y[nearest]).argmax())
        return np.array(found)


table = pd.read_csv("seeds.csv")
X = table.drop(columns=["variety"]).to_numpy()
y = table["variety"].to_numpy()
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=1)

model = Neighbours(k=3).fit(X_train, y_train)
print("fitted", np.mean(model.predict(X_train) == y_train))
print("new", np.mean(model.predict(X_test) == y_test))
