"""Final grades (G3) of Portuguese students, regression and pass/fail."""
import sys

import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LassoCV, LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR


class Students:
    yes_no = ["schoolsup", "famsup", "paid", "activities", "nursery", "higher", "internet", "romantic"]
    nominal = ["school", "sex", "address", "famsize", "Pstatus", "Mjob", "Fjob", "reason", "guardian"]

    def __init__(self, path):
        self.raw = pd.read_csv(path, sep=";")
        self.table = self._prepare(self.raw.copy())

    def _prepare(self, t):
        for c in self.yes_no:
            t[c] = (t[c] == "yes").astype(int)
        t = pd.get_dummies(t, columns=self.nominal, drop_first=True)
        t["parents_edu"] = t["Medu"] + t["Fedu"]
        t["alcohol"] = 5 * t["Dalc"] + 2 * t["Walc"]
        t["grade"] = t["G3"] / 20
        t["passed"] = (t["G3"] >= 10).astype(int)
        return t

    def plot(self, path):
        fig, ax = plt.subplots(1, 3, figsize=(12, 3.5))
        self.raw["G3"].hist(bins=20, ax=ax[0])
        self.raw.boxplot("G3", by="studytime", ax=ax[1])
        ax[2].scatter(self.raw["absences"], self.raw["G3"], s=5)
        fig.savefig(path)

    def regression(self):
        y = self.table["grade"]
        x = self.table.drop(columns=["grade", "passed", "G1", "G2"])  # expect: L401|L402
        return train_test_split(x, y, test_size=0.3, random_state=20)

    def classification(self):
        y = self.table["passed"]
        x = self.table.drop(columns=["grade", "passed", "G1", "G2", "G3"])
        return train_test_split(x, y, test_size=0.3, random_state=20, stratify=y)


def regressors():
    return [
        ("linear", LinearRegression()),
        ("lasso", make_pipeline(StandardScaler(), LassoCV(cv=5))),
        ("svr", make_pipeline(StandardScaler(), SVR(C=0.5, epsilon=0.02))),
        ("forest", RandomForestRegressor(400, random_state=0, n_jobs=-1)),
    ]


def classifiers():
    return [
        ("logit", make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))),
        ("forest", RandomForestClassifier(400, random_state=0, n_jobs=-1)),
    ]


def main(path):
    s = Students(path)
    print(s.table.shape)
    print(s.raw[["G1", "G2", "G3"]].corr().round(2))
    s.plot("grades.png")

    xa, xb, ya, yb = s.classification()
    for name, m in classifiers():
        m.fit(xa, ya)
        print("pass/fail", name, round(accuracy_score(yb, m.predict(xb)), 3), "majority", round(max(yb.mean(), 1 - yb.mean()), 3))

    xa, xb, ya, yb = s.regression()
    for name, m in regressors():
        m.fit(xa, ya)
        p = np.clip(m.predict(xb), 0, 1)
        print("grade", name, "mae", round(20 * mean_absolute_error(yb, p), 2), "r2", round(r2_score(yb, p), 3))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "student-por.csv")
