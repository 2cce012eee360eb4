# expect: none
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold, cross_val_predict, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVR


def bases():
    yield "rf", RandomForestRegressor(300, random_state=0)
    yield "gb", GradientBoostingRegressor(n_estimators=400, random_state=0)
    yield "svr", make_pipeline(StandardScaler(), SVR(C=50))


class Stacker:
    def __init__(self, folds=5):
        self.cv = KFold(folds, shuffle=True, random_state=12)

    def fit(self, X, y):
        self.models, cols = [], []
        for name, m in bases():
            cols.append(cross_val_predict(m, X, y, cv=self.cv))
            self.models.append(m.fit(X, y))
            print(name, "oof r2 %.3f" % r2_score(y, cols[-1]))
        self.meta = RidgeCV().fit(np.column_stack(cols), y)
        return self

    def predict(self, X):
        return self.meta.predict(np.column_stack([m.predict(X) for m in self.models]))


d = pd.read_csv("airfoil.csv").drop_duplicates()
y = d.pop("sound_pressure")
d["logf"] = np.log(d.pop("freq"))
P = PolynomialFeatures(2, include_bias=False).fit_transform(d)
X_tr, X_te, y_tr, y_te = train_test_split(P, y.values, test_size=0.2, random_state=6)
s = Stacker().fit(X_tr, y_tr)
print("train r2", r2_score(y_tr, s.predict(X_tr)))
print("test r2", r2_score(y_te, s.predict(X_te)))
