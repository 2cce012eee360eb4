# expect: L204@13
import numpy as np, pandas as pd
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split
df = pd.read_csv("a.csv")
a, b = train_test_split(df)
class S:
    def __init__(self, m):
        self.m = m
    def learn(self, t):
        for i in range(0, len(t), 9):
            p = t.iloc[i:i + 9]
            self.m.partial_fit(p[["a"]], p["y"], classes=[0, 1])
    def score(self, t):
        return self.m.score(t[["a"]], t["y"])
s = S(SGDClassifier())
s.learn(a)
s.learn(b)
print(s.score(b))
