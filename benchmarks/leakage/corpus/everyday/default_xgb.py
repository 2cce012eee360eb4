# expect: none
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import train_test_split

CAT = ["EDUCATION", "MARRIAGE", "SEX"]


def fill_values(part):
    return part.median(numeric_only=True)


def level_rates(part, target, col, k=30):
    g = part.groupby(col)[target].agg(["mean", "size"])
    prior = part[target].mean()
    return (g["mean"] * g["size"] + prior * k) / (g["size"] + k), prior


raw = pd.read_csv("UCI_Credit_Card.csv").drop(columns="ID").drop_duplicates()
raw = raw.rename(columns={"default.payment.next.month": "bad"})
dev, test = train_test_split(raw, test_size=0.2, stratify=raw["bad"], random_state=31)
train, valid = train_test_split(dev, test_size=0.2, stratify=dev["bad"], random_state=31)
train, valid, test = train.copy(), valid.copy(), test.copy()

for c in CAT:
    rates, prior = level_rates(train, "bad", c)
    for part in (valid, test):
        part[c + "_te"] = part[c].map(rates).fillna(prior)
    train[c + "_te"] = train[c].map(rates)

med = fill_values(train.drop(columns="bad"))
parts = []
for part in (train, valid, test):
    parts.append((part.drop(columns=["bad"] + CAT).fillna(med), part["bad"]))
(Xt, yt), (Xv, yv), (Xe, ye) = parts

clf = xgb.XGBClassifier(n_estimators=3000, learning_rate=0.03, max_depth=5, early_stopping_rounds=60, eval_metric="auc")
clf.fit(Xt, yt, eval_set=[(Xv, yv)], verbose=False)
pv = clf.predict_proba(Xv)[:, 1]
grid = np.linspace(0.05, 0.95, 91)
t = grid[np.argmax([f1_score(yv, pv > g) for g in grid])]

pe = clf.predict_proba(Xe)[:, 1]
print("trees", clf.best_iteration, "threshold", t)
print("test auc %.4f f1 %.4f" % (roc_auc_score(ye, pe), f1_score(ye, pe > t)))
