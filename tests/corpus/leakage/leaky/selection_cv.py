# expect: L105@11
import numpy as np
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.metrics import accuracy_score

X = np.load("genes.npy")
y = np.load("labels.npy")
selector = SelectKBest(f_classif, k=20)
X_best = selector.fit_transform(X, y)
accs = []
for train_idx, test_idx in StratifiedKFold(5, shuffle=True).split(X_best, y):
    clf = LogisticRegression()
    clf.fit(X_best[train_idx], y[train_idx])
    accs.append(accuracy_score(y[test_idx], clf.predict(X_best[test_idx])))
print(np.mean(accs))
