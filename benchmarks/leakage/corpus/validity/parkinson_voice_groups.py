# expect: none
"""Parkinson's disease from voice recordings: whole patients are held out."""
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, matthews_corrcoef
from sklearn.model_selection import GroupShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

voice = pd.read_csv("parkinsons.data")
voice["patient"] = voice["name"].str.rsplit("_", n=1).str[0]

y = voice["status"].to_numpy()
X = voice.drop(columns=["name", "patient", "status"]).to_numpy()

gss = GroupShuffleSplit(n_splits=10, test_size=0.2, random_state=7)
acc, mcc = [], []
for tr, te in gss.split(X, y, groups=voice["patient"]):
    svm = make_pipeline(StandardScaler(), SVC(C=10, gamma=0.1))
    svm.fit(X[tr], y[tr])
    pred = svm.predict(X[te])
    acc.append(accuracy_score(y[te], pred))
    mcc.append(matthews_corrcoef(y[te], pred))

print("accuracy %.3f" % np.mean(acc))
print("MCC      %.3f" % np.mean(mcc))
