# expect: L501@23
import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import KFold


class Forecaster:
    def __init__(self, path):
        self.data = pd.read_csv(path, parse_dates=["ts"]).set_index("ts").sort_index()

    def features(self):
        out = pd.DataFrame(index=self.data.index)
        out["load_prev"] = self.data["load"].shift(1)
        out["load_day"] = self.data["load"].shift(24)
        out["temp"] = self.data["temp"]
        return out.fillna(0), self.data["load"]

    def evaluate(self):
        X, y = self.features()
        scores = []
        for tr, va in KFold(n_splits=5, shuffle=True, random_state=1).split(X):
            model = LGBMRegressor().fit(X.iloc[tr], y.iloc[tr])
            scores.append(mean_squared_error(y.iloc[va], model.predict(X.iloc[va])) ** 0.5)
        return np.mean(scores)


print(Forecaster("load.csv").evaluate())
