# expect: none
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold

CATEGORICAL = ["steroid", "antivirals", "fatigue", "ascites", "varices"]
CONTINUOUS = ["bilirubin", "alk_phosphate", "sgot", "albumin", "protime"]


def gaps(frame):
    """Share of missing entries, for the supplement of the paper."""
    return frame.isna().mean().sort_values(ascending=False)


def one_fold(frame, died, tr, te):
    cont = IterativeImputer(random_state=0, max_iter=20).fit(frame[CONTINUOUS].iloc[tr])
    cat = SimpleImputer(strategy="most_frequent").fit(frame[CATEGORICAL].iloc[tr])

    def matrix(rows):
        return np.hstack([cont.transform(frame[CONTINUOUS].iloc[rows]), cat.transform(frame[CATEGORICAL].iloc[rows])])

    rf = RandomForestClassifier(n_estimators=300, random_state=0).fit(matrix(tr), died[tr])
    return roc_auc_score(died[te], rf.predict_proba(matrix(te))[:, 1])


def main():
    frame = pd.read_csv("hepatitis.csv", na_values=["?"])
    died = (frame["class"] == 1).astype(int).to_numpy()
    print(gaps(frame[CATEGORICAL + CONTINUOUS]).to_string())
    cv = RepeatedStratifiedKFold(n_splits=5, n_repeats=4, random_state=3)
    aucs = [one_fold(frame, died, tr, te) for tr, te in cv.split(frame, died)]
    print(f"AUC {np.mean(aucs):.3f} +- {np.std(aucs):.3f}")


main()
