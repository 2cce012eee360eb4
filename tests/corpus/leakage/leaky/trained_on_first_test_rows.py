# expect: L204@9
import numpy as np, pandas as pd
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split
df = pd.read_csv("a.csv")
a, b = train_test_split(df)
m = SGDClassifier()
m.partial_fit(a[["a"]], a["y"], classes=[0, 1])
m.partial_fit(b[["a"]][:50], b["y"][:50])
print(m.score(b[["a"]], b["y"]))
