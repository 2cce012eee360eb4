# expect: L305@15
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import lightgbm as lgb
from sklearn.model_selection import StratifiedKFold
skf = StratifiedKFold(n_splits=5)
aucs = []
for fold, (tr, va) in enumerate(skf.split(X, y)):
    dtr = lgb.Dataset(X.iloc[tr], y.iloc[tr])
    dva = lgb.Dataset(X.iloc[va], y.iloc[va])
    m = lgb.train({"objective": "binary"}, dtr, 1000, valid_sets=[dva], callbacks=[lgb.early_stopping(50)])
    p = m.predict(X.iloc[va])
    aucs.append(roc_auc_score(y.iloc[va], p))
print("CV AUC", np.mean(aucs))
