# expect: none
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("a.csv")
X = df.drop(columns=["y"]).to_numpy()
y = df["y"].to_numpy()
oof = np.zeros(len(y))
for fold, (tr, va) in enumerate(KFold(5, shuffle=True, random_state=0).split(X)):
    sc = StandardScaler()
    X_tr = sc.fit_transform(X[tr])
    X_va = sc.transform(X[va])
    m = Ridge().fit(X_tr, y[tr])
    oof[va] = m.predict(X_va)
    print(fold, mean_squared_error(y[va], oof[va]))
print(mean_squared_error(y, oof))
