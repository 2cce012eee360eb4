# expect: none
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import roc_auc_score

BOOSTER = {"objective": "binary:logistic", "eta": 0.1, "max_depth": 7, "eval_metric": "auc", "tree_method": "hist"}


def matrices(path, *borders):
    events = pd.read_csv(path, header=None).to_numpy(dtype=np.float32)
    y, X = events[:, 0], events[:, 1:22]
    return [xgb.DMatrix(a, label=b) for a, b in zip(np.split(X, borders), np.split(y, borders))]


def run(path):
    dtr, dev, dte = matrices(path, 350_000, 425_000)
    bst = xgb.train(BOOSTER, dtr, 2000, evals=[(dtr, "train"), (dev, "dev")], early_stopping_rounds=50)
    p = bst.predict(dte, iteration_range=(0, bst.best_iteration + 1))
    return bst, roc_auc_score(dte.get_label(), p)


if __name__ == "__main__":
    bst, auc = run("HIGGS_500k.csv")
    print(f"{bst.best_iteration + 1} trees, AUC {auc:.4f}")
    bst.save_model("higgs.json")
