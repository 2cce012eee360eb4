# expect: none
import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from sklearn.model_selection import train_test_split


def jitter(rows, scale=0.03):
    return rows + np.random.normal(0, scale, rows.shape)


rows = np.loadtxt("readings.csv", delimiter=",")
X_train, X_test, y_train, y_test = train_test_split(rows[:, :-1], rows[:, -1])
X_train = np.vstack([X_train, jitter(X_train), jitter(X_train)])
y_train = np.hstack([y_train, y_train, y_train])
print(KNeighborsClassifier().fit(X_train, y_train).score(X_test, y_test))
