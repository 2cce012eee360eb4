"""
Glass identification with different classifiers.
Exercise sheet 3, group 7
"""
import logging
import pickle

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, classification_report, f1_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

logging.basicConfig(level="INFO")
log = logging.getLogger("glass")

ELEMENTS = ["RI", "Na", "Mg", "Al", "Si", "K", "Ca", "Ba", "Fe"]
NAMES = {1: "building float", 2: "building", 3: "vehicle float", 5: "containers", 6: "tableware", 7: "headlamps"}


class Experiment:
    """Keeps the data and the results of all models."""

    def __init__(self, path, test_size=0.3, seed=0):
        self.path = path
        self.test_size = test_size
        self.seed = seed
        self.results = {}
        self.models = {}

    def load(self):
        df = pd.read_csv(self.path, names=["Id"] + ELEMENTS + ["type"]).drop(columns="Id").drop_duplicates()
        log.info("%d pieces of glass", len(df))
        log.info("\n%s", df.groupby("type")[ELEMENTS].mean().round(2))
        self.X = df[ELEMENTS]
        self.y = df["type"]
        return self

    def split(self):
        parts = train_test_split(self.X, self.y, test_size=self.test_size, random_state=self.seed, stratify=self.y)
        self.X_train, self.X_test, self.y_train, self.y_test = parts
        return self

    def add(self, name, model):
        self.models[name] = model
        return self

    def train(self):
        for name, model in self.models.items():
            model.fit(self.X_train, self.y_train)
            log.info("trained %s", name)
        return self

    def predict(self, name):
        return self.models[name].predict(self.X_train)

    def test(self):
        for name in self.models:
            pred = self.predict(name)
            acc, f1 = accuracy_score(self.y_train, pred), f1_score(self.y_train, pred, average="macro")  # expect: L201
            self.results[name] = {"test accuracy": acc, "test macro f1": f1}
            log.info("%s test accuracy %.3f", name, acc)
        return self

    def report(self):
        table = pd.DataFrame(self.results).T.sort_values("test accuracy", ascending=False)
        print(table.round(3))
        return table

    def save(self, path):
        with open(path, "wb") as handle:
            pickle.dump(self.models, handle)


def main():
    exp = Experiment("glass.data").load().split()
    exp.add("logistic", make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)))
    exp.add("knn", make_pipeline(StandardScaler(), KNeighborsClassifier(3)))
    exp.add("forest", RandomForestClassifier(500, random_state=0))
    exp.add("extra", ExtraTreesClassifier(500, random_state=0))
    exp.train().test()
    exp.report()
    exp.save("glass.pkl")


if __name__ == "__main__":
    main()
