# expect: none
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split


class MeanFiller(BaseEstimator, TransformerMixin):
    def fit(self, X, y=None):
        self.means_ = X.mean()
        return self

    def transform(self, X):
        return X.fillna(self.means_)


class Experiment:
    def __init__(self, df, target):
        self.y = df[target]
        self.X = df.drop(columns=[target])
        self.filler = MeanFiller()

    def split(self):
        self.X_train, self.X_test, self.y_train, self.y_test = train_test_split(self.X, self.y)

    def run(self):
        self.split()
        X_train = self.filler.fit_transform(self.X_train)
        X_test = self.filler.transform(self.X_test)
        model = LinearRegression().fit(X_train, self.y_train)
        return model.score(X_test, self.y_test)


print(Experiment(pd.read_csv("a.csv"), "y").run())
