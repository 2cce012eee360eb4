# expect: L109@18
import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from sklearn.model_selection import train_test_split


def jitter(row, scale=0.03):
    return row + np.random.normal(0, scale, row.shape)


rows = np.loadtxt("readings.csv", delimiter=",")
X, y = rows[:, :-1], rows[:, -1]
more_X, more_y = [], []
for row, label in zip(X, y):
    more_X.append(row)
    more_y.append(label)
    for _ in range(3):
        more_X.append(jitter(row))
        more_y.append(label)
X_train, X_test, y_train, y_test = train_test_split(np.array(more_X), np.array(more_y))
print(KNeighborsClassifier().fit(X_train, y_train).score(X_test, y_test))
