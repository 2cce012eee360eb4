# expect: none
"""CpG selection and tumour type classification (supplementary code)."""
import argparse
import json

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.feature_selection import SelectKBest, VarianceThreshold, mutual_info_classif
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, confusion_matrix
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler


def beta_to_m(beta, eps=1e-3):
    beta = np.clip(beta, eps, 1 - eps)
    return np.log2(beta / (1 - beta))


def load(beta_file, sheet_file):
    beta = pd.read_csv(beta_file, index_col=0).T
    sheet = pd.read_csv(sheet_file).set_index("Sample_Name")
    shared = beta.index.intersection(sheet.index)
    beta = beta.loc[shared]
    beta = beta.drop(columns=[c for c in beta if c.startswith(("ch.", "rs"))])
    return beta_to_m(beta), sheet.loc[shared, "Tumour_Type"]


def flow(model, k):
    return Pipeline(
        [
            ("constant", VarianceThreshold(1e-4)),
            ("scale", StandardScaler()),
            ("select", SelectKBest(mutual_info_classif, k=k)),
            ("model", model),
        ]
    )


def nested(X, y, model, grid, outer_splits=5, inner_splits=4, seed=0):
    inner = StratifiedKFold(inner_splits, shuffle=True, random_state=seed)
    outer = StratifiedKFold(outer_splits, shuffle=True, random_state=seed + 1)
    search = GridSearchCV(flow(model, 200), grid, cv=inner, scoring="balanced_accuracy", n_jobs=-1)
    scores = cross_validate(search, X, y, cv=outer, scoring="balanced_accuracy", return_estimator=True)
    for fold, est in enumerate(scores["estimator"]):
        print("  fold", fold, est.best_params_)
    return scores["test_score"]


def by_hand(X, y, n_genes=300, seed=0):
    """Same thing without pipelines, to see which CpGs come back in each fold."""
    chosen, truth, guess = [], [], []
    for tr, te in StratifiedKFold(5, shuffle=True, random_state=seed).split(X, y):
        Xtr, Xte = X.iloc[tr], X.iloc[te]
        selector = SelectKBest(mutual_info_classif, k=n_genes).fit(Xtr, y.iloc[tr])
        cols = X.columns[selector.get_support()]
        chosen.append(set(cols))
        mean, sd = Xtr[cols].mean(), Xtr[cols].std()
        forest = ExtraTreesClassifier(500, n_jobs=-1, random_state=seed)
        forest.fit((Xtr[cols] - mean) / sd, y.iloc[tr])
        guess.extend(forest.predict((Xte[cols] - mean) / sd))
        truth.extend(y.iloc[te])
    stable = set.intersection(*chosen)
    print("CpGs found in every fold:", len(stable))
    print(confusion_matrix(truth, guess))
    return balanced_accuracy_score(truth, guess), sorted(stable)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("beta")
    p.add_argument("sheet")
    p.add_argument("--seed", type=int, default=0)
    a = p.parse_args()
    X, y = load(a.beta, a.sheet)
    experiments = {
        "logistic": (LogisticRegression(max_iter=3000), {"model__C": [0.01, 0.1, 1], "select__k": [100, 500]}),
        "trees": (ExtraTreesClassifier(400), {"model__max_features": ["sqrt", 0.1], "select__k": [100, 500]}),
    }
    summary = {}
    for name, (model, grid) in experiments.items():
        print(name)
        scores = nested(X, y, model, grid, seed=a.seed)
        summary[name] = [float(scores.mean()), float(scores.std())]
    score, stable = by_hand(X, y, seed=a.seed)
    summary["by_hand"] = score
    with open("summary.json", "w") as fh:
        json.dump({"scores": summary, "cpgs": stable}, fh, indent=1)


if __name__ == "__main__":
    main()
