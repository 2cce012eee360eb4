"""Two base regressors and a ridge on top."""
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split


class Blend:
    def __init__(self):
        self.forest = RandomForestRegressor(n_estimators=300, n_jobs=-1)
        self.boost = GradientBoostingRegressor(n_estimators=400, max_depth=4)
        self.top = Ridge(alpha=0.1)

    def _columns(self, X):
        return pd.DataFrame({"forest": self.forest.predict(X), "boost": self.boost.predict(X)})

    def fit(self, X, y):
        self.forest.fit(X, y)
        self.boost.fit(X, y)
        base = self._columns(X)  # expect: L306
        self.top.fit(base, y)
        return self

    def predict(self, X):
        return self.top.predict(self._columns(X))


blocks = pd.read_csv("california_housing.csv").dropna()
value = blocks.pop("median_house_value")
blocks = pd.get_dummies(blocks, columns=["ocean_proximity"])
B_tr, B_te, v_tr, v_te = train_test_split(blocks, value, test_size=0.2, random_state=64)

blend = Blend().fit(B_tr, v_tr)
print("MAE of the blend: %.0f" % mean_absolute_error(v_te, blend.predict(B_te)))
