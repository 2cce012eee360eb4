# expect: L202@8
import numpy as np
from sklearn.svm import SVC

data = np.genfromtxt("sensor.txt")
X, y = data[:, 1:], data[:, 0]
Xtr, ytr = X[:1200], y[:1200]
Xte, yte = X[1000:1500], y[1000:1500]
clf = SVC(C=10).fit(Xtr, ytr)
print("accuracy", clf.score(Xte, yte))
