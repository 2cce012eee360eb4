# expect: L601@15
from glob import glob

import numpy as np
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

from audio import mfcc

files = sorted(glob("wav/*.wav"))
speakers = [f.split("/")[-1].split("_")[0] for f in files]
X = np.array([mfcc(f) for f in files])
y = np.array([f.split("_")[-1][0] == "h" for f in files])
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)
net = MLPClassifier().fit(X_train, y_train)
print(f1_score(y_test, net.predict(X_test)))
