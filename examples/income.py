# Who earns more than 50K? Mailing list scoring, v3.
#
# v1 was the excel sheet, v2 had the random forest (see bottom). This one is the one that runs every month.
# usage: python income.py            (writes scores.csv next to the script if WRITE is on)

import os
import sys
import warnings

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")

SEED = 42
PLOT = False
WRITE = False
HERE = os.path.dirname(os.path.abspath(__file__))

# ---------------------------------------------------------------- data
df = pd.read_csv(os.path.join(HERE, "data", "income.csv"), na_values="?")
print("loaded", df.shape)
# print(df.head())
# print(df.describe())

# workclass and occupation have holes, only ~6% of the rows, just drop them
n_before = len(df)
df = df.dropna()
df = df[df["hours-per-week"] > 0]
print("dropped", n_before - len(df), "rows with missing values")

df["target"] = (df["income"] == ">50K").astype(int)
df = df.drop(columns=["income"])

# legal does not want these two in anything that decides who gets a letter
df = df.drop(columns=["race", "sex"])

# ---------------------------------------------------------------- features
df["age_group"] = pd.cut(df["age"], bins=[0, 25, 35, 45, 55, 65, 120], labels=False)
df["overtime"] = (df["hours-per-week"] > 40).astype(int)
df["has_capital"] = ((df["capital-gain"] > 0) | (df["capital-loss"] > 0)).astype(int)

# education-num says the same as education
df = df.drop(columns=["education"])
# 14 occupations x one-hot made the sheet too wide for Katrin, group them
white_collar = ["Prof-specialty", "Exec-managerial", "Tech-support", "Sales", "Adm-clerical"]
df["white_collar"] = df["occupation"].isin(white_collar).astype(int)
df = df.drop(columns=["occupation"])
df["married"] = df["marital-status"].str.startswith("Married").astype(int)
df = df.drop(columns=["marital-status", "relationship"])

cat_cols = ["workclass"]
df = pd.get_dummies(df, columns=cat_cols, drop_first=True)

X = df.drop(columns=["target"])
y = df["target"]
print(X.shape[1], "features,", "positive rate %.3f" % y.mean())

# everything on one scale, otherwise lbfgs complains about capital-gain
scaler = StandardScaler()
X = scaler.fit_transform(X)

X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.25, random_state=SEED, stratify=y
)

# ---------------------------------------------------------------- model
# C from a grid search in 2022, do not touch
model = LogisticRegression(C=0.05, max_iter=300, random_state=SEED)
model.fit(X_train, y_train)

# old one, kept for comparison
# from sklearn.ensemble import RandomForestClassifier
# model = RandomForestClassifier(n_estimators=50, max_depth=4, random_state=SEED)
# model.fit(X_train, y_train)

# ---------------------------------------------------------------- evaluation
proba = model.predict_proba(X_test)[:, 1]
threshold = 0.5
pred = (proba >= threshold).astype(int)

acc = accuracy_score(y_test, pred)
f1 = f1_score(y_test, pred)
auc = roc_auc_score(y_test, proba)
print("AUC: %.4f  accuracy: %.4f  f1: %.4f" % (auc, acc, f1))
print(confusion_matrix(y_test, pred))

# what the mailing people look at: how many of the >50K are in the best 10 / 20 / 30 %
ranked = np.asarray(y_test)[np.argsort(-proba)]
for share in (0.1, 0.2, 0.3):
    top = ranked[: int(len(ranked) * share)]
    print("best %2d%%: %3d hits, lift %.2f" % (share * 100, top.sum(), top.mean() / ranked.mean()))

if PLOT:
    import matplotlib.pyplot as plt

    plt.figure(figsize=(6, 4))
    plt.plot(np.cumsum(ranked) / ranked.sum())
    plt.xlabel("letters sent")
    plt.ylabel("share of >50K reached")
    plt.tight_layout()
    plt.savefig(os.path.join(HERE, "gain.png"))

if WRITE:
    out = pd.DataFrame({"score": np.round(proba, 4), "actual": np.asarray(y_test)})
    out.to_csv(os.path.join(HERE, "scores.csv"), index=False)
    print("written", len(out), "scores")

if auc < 0.80:
    print("AUC below 0.80, something is wrong with the extract", file=sys.stderr)
