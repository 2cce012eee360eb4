import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import roc_auc_score

settings = {
    "file": "HIGGS_500k.csv",
    "n_train": 400_000,
    "rounds": 2000,
    "stop": 50,
    "booster": {"objective": "binary:logistic", "eta": 0.1, "max_depth": 7, "eval_metric": "auc", "tree_method": "hist"},
}


def matrices(cfg):
    events = pd.read_csv(cfg["file"], header=None).to_numpy(dtype=np.float32)
    y, X = events[:, 0], events[:, 1:22]
    n = cfg["n_train"]
    return xgb.DMatrix(X[:n], label=y[:n]), xgb.DMatrix(X[n:], label=y[n:])


def run(cfg):
    dtr, dte = matrices(cfg)
    watch = [(dtr, "train"), (dte, "eval")]
    bst = xgb.train(cfg["booster"], dtr, cfg["rounds"], evals=watch, early_stopping_rounds=cfg["stop"], verbose_eval=100)  # expect: L302
    p = bst.predict(dte, iteration_range=(0, bst.best_iteration + 1))
    return bst, roc_auc_score(dte.get_label(), p)


bst, auc = run(settings)
print(f"{bst.best_iteration + 1} trees, AUC {auc:.4f}")
bst.save_model("higgs.json")
