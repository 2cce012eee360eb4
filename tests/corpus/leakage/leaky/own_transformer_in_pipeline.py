# expect: L104@15
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import Lasso
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline


class Winsor(BaseEstimator, TransformerMixin):
    def __init__(self, share=0.01):
        self.share = share

    def fit(self, X, y=None):
        self.low_, self.high_ = np.quantile(X, [self.share, 1 - self.share], axis=0)
        return self

    def transform(self, X):
        return np.clip(X, self.low_, self.high_)


table = pd.read_csv("rents.csv")
y = table.pop("rent")
prepare = Pipeline([("winsor", Winsor())])
X = prepare.fit_transform(table)
X_train, X_test, y_train, y_test = train_test_split(X, y)
print(Lasso().fit(X_train, y_train).score(X_test, y_test))
