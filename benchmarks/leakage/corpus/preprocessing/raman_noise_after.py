# expect: none
import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import StratifiedKFold


class Jitter:
    """Adds shifted and noisy copies of spectra; used for learning only."""

    def __init__(self, copies=4, sigma=0.01, max_shift=3, seed=0):
        self.copies, self.sigma, self.max_shift = copies, sigma, max_shift
        self.rng = np.random.default_rng(seed)

    def __call__(self, spectra, kinds):
        xs, ks = [spectra], [kinds]
        for _ in range(self.copies):
            shift = int(self.rng.integers(-self.max_shift, self.max_shift + 1))
            xs.append(np.roll(spectra, shift, axis=1) + self.rng.normal(0, self.sigma, spectra.shape))
            ks.append(kinds)
        return np.concatenate(xs), np.concatenate(ks)


def baseline(spectra, degree=3):
    """Subtract a polynomial from every spectrum (row by row)."""
    t = np.linspace(-1, 1, spectra.shape[1])
    coefs = np.polynomial.polynomial.polyfit(t, spectra.T, degree)
    return spectra - np.polynomial.polynomial.polyval(t, coefs)


archive = np.load("minerals.npz")
spectra = baseline(archive["raman"])
spectra /= np.abs(spectra).max(axis=1, keepdims=True)
kinds = archive["mineral"]

accuracies = []
for fold, (tr, te) in enumerate(StratifiedKFold(5, shuffle=True, random_state=3).split(spectra, kinds)):
    x_aug, k_aug = Jitter(seed=fold)(spectra[tr], kinds[tr])
    trees = ExtraTreesClassifier(300, n_jobs=-1, random_state=fold).fit(x_aug, k_aug)
    accuracies.append(accuracy_score(kinds[te], trees.predict(spectra[te])))
print("accuracy per fold", np.round(accuracies, 3), "mean", np.mean(accuracies).round(3))
