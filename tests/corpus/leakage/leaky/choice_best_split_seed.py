# expect: L301@14
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.tree import DecisionTreeClassifier
best_acc = 0
for seed in range(100):
    a, b, c, d = train_test_split(X, y, random_state=seed)
    m = DecisionTreeClassifier().fit(a, c)
    acc = m.score(b, d)
    if acc > best_acc:
        best_acc = acc
        best_seed = seed
print(best_seed, best_acc)
