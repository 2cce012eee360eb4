# expect: L401@7
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

d = np.loadtxt("d.csv", delimiter=",")
X = d[:, 0:9]
y = d[:, 8]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3)
lr = LogisticRegression().fit(X_train, y_train)
print(lr.score(X_test, y_test))
