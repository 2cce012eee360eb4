# expect: L111@12
import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("k.csv")
X = df.drop(columns=["y"])
y = df["y"]
Xs = pd.DataFrame(StandardScaler().fit_transform(X), columns=X.columns)
kf = KFold(n_splits=5, shuffle=True, random_state=1)
scores = []
for i, (a, b) in enumerate(kf.split(Xs)):
    m = LGBMRegressor()
    m.fit(Xs.iloc[a], y.iloc[a])
    p = m.predict(Xs.iloc[b])
    scores.append(mean_squared_error(y.iloc[b], p, squared=False))
print(np.mean(scores))
