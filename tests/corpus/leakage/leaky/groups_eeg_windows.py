# expect: L601@26
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

WINDOW = 256
STEP = 128


def segment(df):
    X, y = [], []
    for subject, rows in df.groupby("subject"):
        signal = rows[["c3", "c4", "cz"]].values
        label = rows["condition"].iloc[0]
        for start in range(0, len(signal) - WINDOW, STEP):
            X.append(signal[start : start + WINDOW].ravel())
            y.append(label)
    return np.array(X), np.array(y)


eeg = pd.read_csv("eeg.csv")
X, y = segment(eeg)
y = (y == "left").astype(int)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=7)
clf = SVC().fit(X_train, y_train)
print("accuracy", accuracy_score(y_test, clf.predict(X_test)))
