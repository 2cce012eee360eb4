from abc import ABC, abstractmethod

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import BayesianRidge
from sklearn.metrics import mean_absolute_error
from sklearn.preprocessing import MinMaxScaler

"""Weight of fish from length measurements."""


class Study(ABC):
    test_share = 0.25

    def __init__(self, path, seed=0):
        self.frame = pd.read_csv(path).drop_duplicates()
        self.rng = np.random.default_rng(seed)

    @abstractmethod
    def fill(self):
        ...

    def divide(self):
        mask = self.rng.random(len(self.frame)) < self.test_share
        self.test, self.train = self.frame[mask], self.frame[~mask]

    def run(self):
        self.fill()
        self.divide()
        return self.score()

    def score(self):
        scaler = MinMaxScaler()
        x_train = scaler.fit_transform(self.train[self.columns])
        x_test = scaler.transform(self.test[self.columns])
        model = BayesianRidge().fit(x_train, np.cbrt(self.train["Weight"]))
        return mean_absolute_error(self.test["Weight"], model.predict(x_test) ** 3)


class FishStudy(Study):
    columns = ["Length1", "Length2", "Length3", "Height", "Width"]

    def fill(self):
        imputer = SimpleImputer(strategy="median")
        self.frame[self.columns] = imputer.fit_transform(self.frame[self.columns])  # expect: L102


if __name__ == "__main__":
    print("MAE in grams:", round(FishStudy("Fish.csv").run(), 1))
