# expect: none
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GroupKFold
from sklearn.svm import SVC

df = pd.read_csv("gait.csv")
X, y, groups = [], [], []
for subject, rows in df.groupby("subject"):
    signal = rows[["ax", "ay", "az"]].values
    for start in range(0, len(signal) - 100, 50):
        X.append(signal[start : start + 100].ravel())
        y.append(rows["label"].iloc[0])
        groups.append(subject)
X, y, groups = np.array(X), np.array(y), np.array(groups)
scores = []
for tr, te in GroupKFold(n_splits=5).split(X, y, groups):
    scores.append(accuracy_score(y[te], SVC().fit(X[tr], y[tr]).predict(X[te])))
print(np.mean(scores))
