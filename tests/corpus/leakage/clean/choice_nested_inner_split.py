# expect: none
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, train_test_split

df = pd.read_csv("credit.csv")
X, y = df.drop(columns=["default"]), df["default"]
scores = []
for train, held in StratifiedKFold(5, shuffle=True, random_state=0).split(X, y):
    X_fit, X_stop, y_fit, y_stop = train_test_split(X.iloc[train], y.iloc[train], test_size=0.15, random_state=0)
    model = lgb.LGBMClassifier(n_estimators=5000)
    model.fit(X_fit, y_fit, eval_set=[(X_stop, y_stop)], callbacks=[lgb.early_stopping(100)])
    scores.append(roc_auc_score(y.iloc[held], model.predict_proba(X.iloc[held])[:, 1]))
print(np.mean(scores))
