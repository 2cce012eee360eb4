# expect: none
import pandas as pd
import lightgbm as lgb
from sklearn.model_selection import train_test_split
from sklearn.metrics import roc_auc_score
df = pd.read_csv("a.csv")
train, rest = train_test_split(df, test_size=0.4)
valid, test = train_test_split(rest, test_size=0.5)
def xy(d): return d.drop(columns=["y"]), d["y"]
(Xt, yt), (Xv, yv), (Xs, ys) = map(xy, (train, valid, test))
m = lgb.LGBMClassifier(n_estimators=1000)
m.fit(Xt, yt, eval_set=[(Xv, yv)], callbacks=[lgb.early_stopping(10)])
print(roc_auc_score(ys, m.predict_proba(Xs)[:, 1]))
