# expect: none
import numpy as np
import pandas as pd
from catboost import CatBoostClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold


def load_events(path):
    events = pd.read_csv(path)
    events["nth_event"] = events.groupby("session_id").cumcount()
    events["is_mobile"] = events["device"].eq("mobile").astype(int)
    return events


events = load_events("clickstream.csv")
label = events["session_buys"]
session = events["session_id"]
X = events.drop(columns=["session_buys", "session_id", "device"])

oof = np.zeros(len(X))
for k, (tr, te) in enumerate(GroupKFold(n_splits=5).split(X, label, session)):
    cat = CatBoostClassifier(iterations=500, depth=8, cat_features=["page", "country"], verbose=0, random_seed=k)
    cat.fit(X.iloc[tr], label.iloc[tr])
    oof[te] = cat.predict_proba(X.iloc[te])[:, 1]

print("ROC AUC %.4f" % roc_auc_score(label, oof))
