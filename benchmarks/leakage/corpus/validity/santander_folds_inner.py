# expect: none
"""Five folds with LightGBM; the number of trees is found inside the training part of each fold."""
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, train_test_split

SEED = 44000
train_df = pd.read_csv("santander_train.csv")
features = [c for c in train_df.columns if c not in ("ID_code", "target")]
target = train_df["target"]
param = {"objective": "binary", "metric": "auc", "learning_rate": 0.01, "num_leaves": 13, "verbosity": -1}

folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=SEED)
oof = np.zeros(len(train_df))
for fold_, (trn_idx, val_idx) in enumerate(folds.split(train_df.values, target.values)):
    fit_idx, stop_idx = train_test_split(
        trn_idx, test_size=0.15, stratify=target.iloc[trn_idx], random_state=SEED + fold_
    )
    fit_data = lgb.Dataset(train_df.iloc[fit_idx][features], label=target.iloc[fit_idx])
    stop_data = lgb.Dataset(train_df.iloc[stop_idx][features], label=target.iloc[stop_idx])
    clf = lgb.train(param, fit_data, 100000, valid_sets=[stop_data], callbacks=[lgb.early_stopping(3000)])
    oof[val_idx] = clf.predict(train_df.iloc[val_idx][features], num_iteration=clf.best_iteration)
    print("fold", fold_, "trees", clf.best_iteration)

print("CV score: {:<8.5f}".format(roc_auc_score(target, oof)))
