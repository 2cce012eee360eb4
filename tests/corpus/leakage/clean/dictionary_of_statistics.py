# expect: none
import json
import pandas as pd, numpy as np
from sklearn.linear_model import Ridge
df = pd.read_csv("a.csv")
idx = np.arange(len(df)); np.random.shuffle(idx)
tr, te = df.iloc[idx[:800]], df.iloc[idx[800:]]
stats = {c: (tr[c].mean(), tr[c].std()) for c in ["a", "b"]}
def norm(d):
    d = d.copy()
    for c, (m, s) in stats.items():
        d[c] = (d[c] - m) / s
    return d
tr, te = norm(tr), norm(te)
m = Ridge().fit(tr[["a", "b"]], tr["y"])
print("rmse", np.sqrt(((m.predict(te[["a", "b"]]) - te["y"]) ** 2).mean()))
