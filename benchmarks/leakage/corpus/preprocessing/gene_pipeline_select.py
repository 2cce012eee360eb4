# expect: none
"""The choice of genes is part of the model: it is repeated in every fold."""
import numpy as np
from sklearn.feature_selection import SelectKBest, VarianceThreshold, f_classif
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC


def load(path="colon.npz"):
    data = np.load(path)
    return np.log2(data["expr"] + 1.0), data["tumour"].astype(int)


def model():
    steps = Pipeline([
        ("flat", VarianceThreshold(1e-3)),
        ("scale", StandardScaler()),
        ("genes", SelectKBest(f_classif)),
        ("svm", SVC(kernel="linear")),
    ])
    grid = {"genes__k": [20, 50, 100], "svm__C": [0.01, 0.1, 1.0]}
    inner = StratifiedKFold(3, shuffle=True, random_state=1)
    return GridSearchCV(steps, grid, cv=inner, n_jobs=-1)


if __name__ == "__main__":
    expr, tumour = load()
    outer = StratifiedKFold(5, shuffle=True, random_state=0)
    acc = cross_val_score(model(), expr, tumour, cv=outer)
    print("nested accuracy:", acc.mean().round(3), "+-", acc.std().round(3))
    final = model().fit(expr, tumour)
    print("genes of the final model:", np.flatnonzero(final.best_estimator_["genes"].get_support())[:10])
