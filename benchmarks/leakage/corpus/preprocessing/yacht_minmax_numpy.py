import numpy as np

"""Yacht hydrodynamics, radial basis functions without any library."""


def minmax(m):
    return (m - m.min(axis=0)) / (m.max(axis=0) - m.min(axis=0))  # expect: L104


def rbf(a, centres, width):
    d = ((a[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    return np.exp(-d / (2 * width ** 2))


class RBFNet:
    def __init__(self, n_centres=40, width=0.4, ridge=1e-3, rng=None):
        self.n_centres = n_centres
        self.width = width
        self.ridge = ridge
        self.rng = rng or np.random.default_rng(0)

    def fit(self, a, b):
        self.centres = a[self.rng.choice(len(a), self.n_centres, replace=False)]
        phi = np.c_[np.ones(len(a)), rbf(a, self.centres, self.width)]
        self.w = np.linalg.solve(phi.T @ phi + self.ridge * np.eye(phi.shape[1]), phi.T @ b)
        return self

    def predict(self, a):
        return np.c_[np.ones(len(a)), rbf(a, self.centres, self.width)] @ self.w


def main():
    raw = np.loadtxt("yacht_hydrodynamics.data")
    hull, resistance = raw[:, :-1], np.log(raw[:, -1])
    hull = minmax(hull)
    rng = np.random.default_rng(10)
    idx = np.arange(len(hull))
    rng.shuffle(idx)
    learn, rest = idx[:240], idx[240:]
    net = RBFNet(rng=rng).fit(hull[learn], resistance[learn])
    diff = net.predict(hull[rest]) - resistance[rest]
    print("RMSE (log resistance):", np.sqrt((diff ** 2).mean()).round(4))


main()
