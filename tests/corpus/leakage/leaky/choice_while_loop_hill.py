# expect: L301@15
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import random
from sklearn.svm import SVC
best_score, best_c = 0, 1.0
i = 0
while i < 50:
    c = best_c * random.uniform(0.5, 2)
    s = SVC(C=c).fit(X_train, y_train).score(X_test, y_test)
    if s > best_score:
        best_score, best_c = s, c
    i += 1
print(best_score)
