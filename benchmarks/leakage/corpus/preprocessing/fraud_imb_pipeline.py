# expect: none
"""Sampler inside the pipeline of imblearn: it works on the learning part of every fold only."""
import numpy as np
import pandas as pd
from imblearn.over_sampling import BorderlineSMOTE
from imblearn.pipeline import Pipeline, make_pipeline
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

SCORES = {"ap": "average_precision", "auc": "roc_auc"}

payments = pd.read_csv("paysim_sample.csv").drop_duplicates()
payments = pd.get_dummies(payments.drop(columns=["nameOrig", "nameDest", "step"]), dtype=float)
fraud = payments.pop("isFraud").astype(int)

logit = Pipeline([
    ("scale", StandardScaler()),
    ("more", BorderlineSMOTE(random_state=0)),
    ("model", LogisticRegression(max_iter=2000)),
])
tree = make_pipeline(BorderlineSMOTE(random_state=0), DecisionTreeClassifier(max_depth=8, random_state=0))

cv = StratifiedKFold(5, shuffle=True, random_state=7)
for name, model in [("logit", logit), ("tree", tree)]:
    out = cross_validate(model, payments, fraud, cv=cv, scoring=SCORES, n_jobs=-1)
    line = ", ".join(f"{s} {np.mean(out['test_' + s]):.3f}" for s in SCORES)
    print(f"{name}: {line}")
