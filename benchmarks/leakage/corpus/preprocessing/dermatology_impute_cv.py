"""Skin diseases; missing ages are imputed, everything scaled, three models compared by the same folds."""
from collections import OrderedDict

import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.metrics import accuracy_score
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import PowerTransformer


class Bench:
    def __init__(self, folds):
        self.folds = folds
        self.models = OrderedDict(nb=GaussianNB(), logit=LogisticRegression(max_iter=3000))

    def load(self, path):
        table = pd.read_csv(path, header=None, na_values="?")
        self.disease = table.pop(34).to_numpy()
        self.signs = table.to_numpy(dtype=float)
        return self

    def preprocess(self):
        self.signs = SimpleImputer(strategy="mean").fit_transform(self.signs)  # expect: L102|L111
        self.signs = PowerTransformer().fit_transform(self.signs)  # expect: L111|L101
        return self

    def table(self):
        rows = {}
        for name, model in self.models.items():
            said = cross_val_predict(model, self.signs, self.disease, cv=self.folds)
            rows[name] = accuracy_score(self.disease, said)
        return pd.Series(rows).round(4)


folds = StratifiedKFold(n_splits=10, shuffle=True, random_state=3)
print(Bench(folds).load("dermatology.data").preprocess().table())
