# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
import lightgbm as lgb
from sklearn.model_selection import KFold
preds = np.zeros(len(X_test))
for tr, va in KFold(5).split(X_train):
    m = lgb.LGBMClassifier(n_estimators=1000)
    m.fit(X_train.iloc[tr], y_train.iloc[tr], eval_set=[(X_train.iloc[va], y_train.iloc[va])], callbacks=[lgb.early_stopping(50)])
    print(roc_auc_score(y_train.iloc[va], m.predict_proba(X_train.iloc[va])[:, 1]))
    preds += m.predict_proba(X_test)[:, 1] / 5
print(roc_auc_score(y_test, preds))
