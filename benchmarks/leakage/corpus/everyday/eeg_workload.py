"""Mental workload from EEG band power (24 subjects, ~60 epochs each)."""
import glob
import os
import numpy as np
from scipy.signal import welch
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

FS = 256
BANDS = {"theta": (4, 8), "alpha": (8, 13), "beta": (13, 30)}


def band_power(epoch):
    f, p = welch(epoch, FS, nperseg=FS)
    return np.concatenate([np.log(p[:, (f >= a) & (f < b)].mean(1)) for a, b in BANDS.values()])


class WorkloadSet:
    def __init__(self, root):
        self.root = root
        self.X, self.y, self.subject = [], [], []

    def collect(self):
        for fn in sorted(glob.glob(os.path.join(self.root, "sub-*_epochs.npz"))):
            sid = os.path.basename(fn).split("_")[0]
            z = np.load(fn)
            for ep, lab in zip(z["epochs"], z["labels"]):
                self.X.append(band_power(ep))
                self.y.append(int(lab))
                self.subject.append(sid)
        self.X, self.y = np.asarray(self.X), np.asarray(self.y)
        return self

    def partition(self, ratio):
        return train_test_split(self.X, self.y, test_size=ratio, stratify=self.y, random_state=99)  # expect: L601


def main(root="derivatives/epochs"):
    ds = WorkloadSet(root).collect()
    print("subjects:", len(set(ds.subject)), "epochs:", len(ds.y))
    a, b, ya, yb = ds.partition(0.3)
    model = Pipeline([("z", StandardScaler()), ("lda", LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"))])
    model.fit(a, ya)
    print("balanced acc: %.3f" % balanced_accuracy_score(yb, model.predict(b)))


if __name__ == "__main__":
    main()
