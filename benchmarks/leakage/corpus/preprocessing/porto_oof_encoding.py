# expect: none
"""Out-of-fold mean encoding on the training part; the held-out part gets the means of the whole training part."""
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold, train_test_split

TARGET = "claim"
CATS = ["car_model", "region", "calc_class"]


def oof_means(train, cat, folds=5):
    prior = train[TARGET].mean()
    out = pd.Series(prior, index=train.index)
    for inner, outer in KFold(folds, shuffle=True, random_state=1).split(train):
        means = train.iloc[inner].groupby(cat)[TARGET].mean()
        out.iloc[outer] = train[cat].iloc[outer].map(means).fillna(prior).to_numpy()
    return out


policies = pd.read_csv("policies.csv").drop(columns="policy_no")
train, test = train_test_split(policies, test_size=0.2, stratify=policies[TARGET], random_state=0)
train, test = train.copy(), test.copy()

for cat in CATS:
    final = train.groupby(cat)[TARGET].mean()
    train[cat + "_mean"] = oof_means(train, cat)
    test[cat + "_mean"] = test[cat].map(final).fillna(train[TARGET].mean())

inputs = [c for c in train.columns if c not in [TARGET, *CATS]]
gbm = LGBMClassifier(n_estimators=300, num_leaves=20, learning_rate=0.03)
gbm.fit(train[inputs], train[TARGET])
p = gbm.predict_proba(test[inputs])[:, 1]
print(f"Gini {2 * roc_auc_score(test[TARGET], p) - 1:.4f}", np.round(p.mean(), 4))
