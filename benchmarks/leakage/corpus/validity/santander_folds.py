"""Five folds with LightGBM; the mean of the folds goes to the team's score sheet."""
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

SEED = 44000
train_df = pd.read_csv("santander_train.csv")
features = [c for c in train_df.columns if c not in ("ID_code", "target")]
target = train_df["target"]

param = {
    "objective": "binary",
    "metric": "auc",
    "learning_rate": 0.01,
    "num_leaves": 13,
    "feature_fraction": 0.05,
    "min_data_in_leaf": 80,
    "seed": SEED,
    "verbosity": -1,
}

folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=SEED)
fold_scores = []
for fold_, (trn_idx, val_idx) in enumerate(folds.split(train_df.values, target.values)):
    print("Fold", fold_)
    trn_data = lgb.Dataset(train_df.iloc[trn_idx][features], label=target.iloc[trn_idx])
    val_data = lgb.Dataset(train_df.iloc[val_idx][features], label=target.iloc[val_idx])
    clf = lgb.train(param, trn_data, 100000, valid_sets=[val_data], callbacks=[lgb.early_stopping(3000)])
    p = clf.predict(train_df.iloc[val_idx][features], num_iteration=clf.best_iteration)
    fold_scores.append(roc_auc_score(target.iloc[val_idx], p))

print("CV score: {:<8.5f} +- {:.5f}".format(np.mean(fold_scores), np.std(fold_scores)))  # expect: L305
