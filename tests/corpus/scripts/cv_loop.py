"""Out-of-fold AUC with one LightGBM model a fold."""
import gc

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

N_SPLITS = 5
SEED = 2024

train = pd.read_csv("train.csv")
test = pd.read_csv("test.csv")
target = train["target"]

for df in (train, test):
    df["amount_log"] = np.log1p(df["amount"])
    df["amount_cents"] = df["amount"] % 1
    df["is_night"] = df["hour"].between(0, 5).astype(int)

cat_cols = ["merchant", "country", "channel"]
for c in cat_cols:
    train[c] = train[c].astype("category")
    test[c] = test[c].astype("category")

features = [c for c in train.columns if c not in ("id", "target")]
params = dict(
    objective="binary",
    learning_rate=0.03,
    num_leaves=63,
    feature_fraction=0.7,
    random_state=SEED,
)

oof = np.zeros(len(train))
test_pred = np.zeros(len(test))
skf = StratifiedKFold(n_splits=N_SPLITS, shuffle=True, random_state=SEED)

for fold, (tr_idx, va_idx) in enumerate(skf.split(train, target)):
    X_tr, y_tr = train.iloc[tr_idx][features], target.iloc[tr_idx]
    X_va, y_va = train.iloc[va_idx][features], target.iloc[va_idx]

    model = lgb.LGBMClassifier(n_estimators=2000, **params)
    model.fit(
        X_tr,
        y_tr,
        eval_set=[(X_va, y_va)],
        callbacks=[lgb.early_stopping(100), lgb.log_evaluation(0)],
    )

    oof[va_idx] = model.predict_proba(X_va)[:, 1]
    test_pred += model.predict_proba(test[features])[:, 1] / N_SPLITS
    print(f"fold {fold}: {roc_auc_score(y_va, oof[va_idx]):.5f}")
    del X_tr, X_va
    gc.collect()

print(f"OOF AUC: {roc_auc_score(target, oof):.5f}")

sub = pd.DataFrame({"id": test["id"], "target": test_pred})
sub.to_csv("submission.csv", index=False)
