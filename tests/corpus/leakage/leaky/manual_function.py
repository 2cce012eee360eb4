# expect: L104@9
import numpy as np
from sklearn.linear_model import SGDRegressor

raw = np.genfromtxt("r.csv", delimiter=",")


def standardise(a):
    mu = np.mean(a, axis=0)
    sigma = np.std(a, axis=0)
    return (a - mu) / sigma


X = standardise(raw[:, :-1])
y = raw[:, -1]
rng = np.random.RandomState(0)
perm = rng.permutation(len(X))
cut = int(0.75 * len(X))
tr, te = perm[:cut], perm[cut:]
reg = SGDRegressor().fit(X[tr], y[tr])
err = y[te] - reg.predict(X[te])
print("rmse", np.sqrt(np.mean(err**2)))
