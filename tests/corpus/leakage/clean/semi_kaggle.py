# expect: none
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

train = pd.read_csv("../input/train.csv")
test = pd.read_csv("../input/test.csv")
target = train["target"]
features = [c for c in train.columns if c not in ["ID_code", "target"]]
folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=44000)
oof = np.zeros(len(train))
predictions = np.zeros(len(test))
for fold_, (trn_idx, val_idx) in enumerate(folds.split(train.values, target.values)):
    trn_data = lgb.Dataset(train.iloc[trn_idx][features], label=target.iloc[trn_idx])
    val_data = lgb.Dataset(train.iloc[val_idx][features], label=target.iloc[val_idx])
    clf = lgb.train({}, trn_data, 10000, valid_sets=[trn_data, val_data])
    oof[val_idx] = clf.predict(train.iloc[val_idx][features])
    predictions += clf.predict(test[features]) / folds.n_splits
print("CV score: {:<8.5f}".format(roc_auc_score(target, oof)))
