import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import accuracy_score
from sklearn.model_selection import StratifiedShuffleSplit

table = np.loadtxt("seeds_dataset.txt")
n_rows, n_cols = table.shape
print(n_rows, "kernels with", n_cols - 1, "measurements")

variety = table[:, -1].astype(int)
measures = table[:, 1:]  # expect: L401

sss = StratifiedShuffleSplit(n_splits=20, test_size=0.3, random_state=0)
values = []
for tr, te in sss.split(measures, variety):
    lda = LinearDiscriminantAnalysis()
    lda.fit(measures[tr], variety[tr])
    values.append(accuracy_score(variety[te], lda.predict(measures[te])))

print("accuracy over twenty splits: %.3f (+/- %.3f)" % (np.mean(values), np.std(values)))
print("worst split: %.3f" % min(values))

names = ["area", "perimeter", "compactness", "length", "width", "asymmetry", "groove"]
for name, column in zip(names, table.T):
    print(f"{name:<12} mean {column.mean():.2f}")
