# expect: none
# Bagging by hand: rows are drawn with replacement, but only among those of the training part
import numpy as np
from sklearn.datasets import fetch_openml
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import LabelEncoder
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import resample


def bag(x, y, n, rng):
    trees = []
    for _ in range(n):
        xb, yb = resample(x, y, replace=True, random_state=rng.integers(1 << 30))
        trees.append(DecisionTreeClassifier(max_features="sqrt").fit(xb, yb))
    return trees


def vote(trees, x, k):
    counts = np.zeros((len(x), k))
    for t in trees:
        counts[np.arange(len(x)), t.predict(x)] += 1
    return counts.argmax(axis=1)


yeast = fetch_openml("yeast", version=1, as_frame=False, parser="auto")
x = yeast.data.astype(float)
common = np.isin(yeast.target, ["CYT", "NUC", "MIT", "ME1", "ME2", "ME3"])
x, y = x[common], LabelEncoder().fit_transform(yeast.target[common])

rng = np.random.default_rng(0)
f1 = []
for i, (tr, te) in enumerate(StratifiedKFold(5, shuffle=True, random_state=0).split(x, y)):
    rare = tr[np.bincount(y[tr])[y[tr]] < 120]
    more = np.concatenate([tr, rng.choice(rare, size=len(rare), replace=True)])
    trees = bag(x[more], y[more], 40, rng)
    f1.append(f1_score(y[te], vote(trees, x[te], y.max() + 1), average="macro"))
    print(f"fold {i}: {f1[-1]:.3f}")
print("macro F1:", np.mean(f1).round(3))
