# expect: L302@13
import lightgbm as lgb
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split


class Model:
    def __init__(self, params):
        self.clf = lgb.LGBMClassifier(**params)

    def fit(self, X, y, Xv, yv):
        self.clf.fit(X, y, eval_set=[(Xv, yv)], eval_metric="auc", callbacks=[lgb.early_stopping(20)])

    def predict(self, X):
        return self.clf.predict_proba(X)[:, 1]


data = pd.read_csv("c.csv")
train_df, test_df = train_test_split(data, test_size=0.2)
feats = [c for c in data if c != "y"]
m = Model({"n_estimators": 1000})
m.fit(train_df[feats], train_df["y"], test_df[feats], test_df["y"])
print(roc_auc_score(test_df["y"], m.predict(test_df[feats])))
