# expect: none
import numpy as np
import pandas as pd
from sklearn.linear_model import SGDClassifier

df = pd.read_csv("events.csv")
train = df.sample(frac=0.8, random_state=5)
both = df.merge(train[["event_key"]], on="event_key", how="left", indicator=True)
test = both[both["_merge"] == "left_only"].drop(columns="_merge")
clf = SGDClassifier(loss="log_loss").fit(train[["x1", "x2"]], train["label"])
print(clf.score(test[["x1", "x2"]], test["label"]))

picked = np.random.RandomState(0).choice(len(df), size=500, replace=False)
rest = np.setdiff1d(np.arange(len(df)), picked)
clf = SGDClassifier(loss="log_loss").fit(df[["x1", "x2"]].values[picked], df["label"].values[picked])
print(clf.score(df[["x1", "x2"]].values[rest], df["label"].values[rest]))

flag = np.zeros(len(df), dtype=bool)
flag[picked] = True
clf = SGDClassifier(loss="log_loss").fit(df.loc[flag, ["x1", "x2"]], df.loc[flag, "label"])
print(clf.score(df.loc[~flag, ["x1", "x2"]], df.loc[~flag, "label"]))
