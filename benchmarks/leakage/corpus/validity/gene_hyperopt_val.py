# expect: none
"""Tumour type from expression. Here "X_test" is the tuning part, the report uses the vault."""
import numpy as np
from hyperopt import STATUS_OK, fmin, hp, space_eval, tpe
from sklearn.datasets import fetch_openml
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

expr, tumour = fetch_openml("micro-mass", return_X_y=True, as_frame=False)
X_work, X_vault, y_work, y_vault = train_test_split(expr, tumour, test_size=0.2, stratify=tumour, random_state=8)
X_train, X_test, y_train, y_test = train_test_split(X_work, y_work, test_size=0.25, stratify=y_work, random_state=9)

space = {
    "C": hp.loguniform("C", np.log(1e-2), np.log(1e3)),
    "gamma": hp.loguniform("gamma", np.log(1e-5), np.log(1e0)),
}


def build(p):
    return make_pipeline(StandardScaler(), SVC(C=p["C"], gamma=p["gamma"]))


def loss(p):
    svm = build(p).fit(X_train, y_train)
    f1 = f1_score(y_test, svm.predict(X_test), average="macro")
    return {"loss": -f1, "status": STATUS_OK}


params = space_eval(space, fmin(loss, space, algo=tpe.suggest, max_evals=80))
winner = build(params).fit(X_work, y_work)
print("macro F1 in the vault:", f1_score(y_vault, winner.predict(X_vault), average="macro"))
