# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.tree import DecisionTreeClassifier
accs = []
for seed in range(10):
    a, b, c, d = train_test_split(X, y, random_state=seed)
    accs.append(DecisionTreeClassifier().fit(a, c).score(b, d))
print(np.mean(accs), np.std(accs), np.min(accs), np.max(accs))
