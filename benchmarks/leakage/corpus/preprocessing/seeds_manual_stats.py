# expect: none
import numpy as np


def load(path="seeds_dataset.txt"):
    m = np.loadtxt(path)
    return m[:, :7], m[:, 7].astype(int) - 1


def standardise(train, *others):
    mu, sd = train.mean(axis=0), train.std(axis=0)
    return [(part - mu) / sd for part in (train, *others)]


def lda_fit(x, k):
    classes = np.unique(k)
    means = np.stack([x[k == c].mean(axis=0) for c in classes])
    centred = np.concatenate([x[k == c] - means[c] for c in classes])
    cov = centred.T @ centred / (len(x) - len(classes)) + 1e-3 * np.eye(x.shape[1])
    return means, np.linalg.inv(cov)


def lda_predict(x, means, prec):
    scores = x @ prec @ means.T - 0.5 * np.einsum("ki,ij,kj->k", means, prec, means)
    return scores.argmax(axis=1)


if __name__ == "__main__":
    x, k = load()
    print("range of the variables:", x.min(axis=0), x.max(axis=0))
    shuffle = np.random.default_rng(6).permutation(len(x))
    a, b = shuffle[:150], shuffle[150:]
    xa, xb = standardise(x[a], x[b])
    means, prec = lda_fit(xa, k[a])
    print("accuracy:", (lda_predict(xb, means, prec) == k[b]).mean())
