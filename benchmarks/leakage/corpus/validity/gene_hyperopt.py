"""Tumour type from expression: hyperopt over an SVM."""
import numpy as np
from hyperopt import STATUS_OK, Trials, fmin, hp, space_eval, tpe
from sklearn.datasets import fetch_openml
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

expr, tumour = fetch_openml("micro-mass", return_X_y=True, as_frame=False)
E_train, E_test, t_train, t_test = train_test_split(expr, tumour, test_size=0.25, stratify=tumour, random_state=8)

space = {
    "C": hp.loguniform("C", np.log(1e-2), np.log(1e3)),
    "gamma": hp.loguniform("gamma", np.log(1e-5), np.log(1e0)),
    "kernel": hp.choice("kernel", ["rbf", "sigmoid"]),
}


def build(p):
    return make_pipeline(StandardScaler(), SVC(C=p["C"], gamma=p["gamma"], kernel=p["kernel"]))


def loss(p):
    svm = build(p).fit(E_train, t_train)
    f1 = f1_score(t_test, svm.predict(E_test), average="macro")  # expect: L301
    return {"loss": -f1, "status": STATUS_OK}


trials = Trials()
best = fmin(loss, space, algo=tpe.suggest, max_evals=80, trials=trials)
params = space_eval(space, best)
winner = build(params).fit(E_train, t_train)
print("parameters:", params)
print("macro F1 on test:", f1_score(t_test, winner.predict(E_test), average="macro"))
