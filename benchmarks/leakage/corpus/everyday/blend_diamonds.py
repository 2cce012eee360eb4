# two-level blend for the pricing tool
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor, ExtraTreesRegressor
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ORD = {
    "cut": ["Fair", "Good", "Very Good", "Premium", "Ideal"],
    "color": list("JIHGFED"),
    "clarity": ["I1", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF"],
}


class Blend:
    def __init__(self, bases, top):
        self.bases = bases
        self.top = top

    def _level_one(self, X):
        return np.column_stack([b.predict(X) for b in self.bases])

    def fit(self, X, y):
        for b in self.bases:
            b.fit(X, y)
        Z = self._level_one(X)
        self.top.fit(Z, y)  # expect: L306
        return self

    def predict(self, X):
        return self.top.predict(self._level_one(X))


def read():
    d = pd.read_csv("diamonds.csv").drop_duplicates()
    for c, levels in ORD.items():
        d[c] = d[c].map({v: i for i, v in enumerate(levels)})
    d = d[(d.x > 0) & (d.y > 0) & (d.z > 0)]
    d["vol"] = d.x * d.y * d.z
    return d


d = read()
target = np.log(d["price"])
inputs = d[["carat", "cut", "color", "clarity", "depth", "table", "vol"]]
x1, x2, t1, t2 = train_test_split(inputs, target, test_size=0.25, random_state=4)

m = Blend(
    [
        RandomForestRegressor(200, n_jobs=-1, random_state=0),
        ExtraTreesRegressor(200, n_jobs=-1, random_state=0),
        make_pipeline(StandardScaler(), KNeighborsRegressor(8)),
    ],
    LinearRegression(),
)
m.fit(x1, t1)
print("weights", m.top.coef_)
print("MAE %.4f" % mean_absolute_error(t2, m.predict(x2)))
