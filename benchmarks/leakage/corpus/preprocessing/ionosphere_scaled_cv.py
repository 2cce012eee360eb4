# Ionosphere radar returns
import numpy as np
import pandas as pd
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

radar = pd.read_csv("ionosphere.data", header=None)
radar = radar.drop(columns=[0, 1]).drop_duplicates()

good = (radar[34] == "g").astype(int).values
pulses = radar.drop(columns=34).values
pulses = np.hstack([pulses, np.abs(pulses)])

pulses = StandardScaler().fit_transform(pulses)  # expect: L111|L101

svm = SVC(kernel="rbf", C=4, gamma=0.02)
accuracy = cross_val_score(svm, pulses, good, cv=10)
f1 = cross_val_score(svm, pulses, good, cv=10, scoring="f1")

print("10-fold cross-validation")
print("------------------------")
print(f"accuracy  {accuracy.mean():.3f} +/- {accuracy.std():.3f}")
print(f"F1        {f1.mean():.3f} +/- {f1.std():.3f}")
for i, a in enumerate(accuracy, 1):
    print(f"  fold {i:2d}: {a:.3f}")
