# expect: L104@8
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsRegressor

X = np.load("X.npy")
y = np.load("y.npy")
X -= X.mean(axis=0)
X_train, X_test, y_train, y_test = train_test_split(X, y)
knn = KNeighborsRegressor()
knn.fit(X_train, y_train)
print(knn.score(X_test, y_test))
