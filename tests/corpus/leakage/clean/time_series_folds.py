# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import TimeSeriesSplit
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
df = pd.read_csv("a.csv", index_col=0)
X = df[["a", "b"]]; y = df["y"]
out = []
for tr, te in TimeSeriesSplit(5).split(X):
    X_tr, X_te = X.iloc[tr], X.iloc[te]
    sc = StandardScaler()
    X_tr = sc.fit_transform(X_tr); X_te = sc.transform(X_te)
    out.append(mean_absolute_error(y.iloc[te], Ridge().fit(X_tr, y.iloc[tr]).predict(X_te)))
print(np.mean(out))
