import pandas as pd
import numpy as np
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import cross_val_score, StratifiedKFold
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.neural_network import MLPClassifier
from sklearn.ensemble import RandomForestClassifier, GradientBoostingClassifier
from sklearn.impute import SimpleImputer
import xgboost as xgb
import matplotlib.pyplot as plt
import seaborn as sns
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--file", default="water_potability.csv")
parser.add_argument("--splits", default=10, type=int)
parser.add_argument("--plots", action="store_true")
opt = parser.parse_args()

df = pd.read_csv(opt.file)
print("rows:", len(df))
print(df.isnull().sum())
df = df.dropna(subset=["ph"])
df = df.drop_duplicates()

if opt.plots:
    for col in df.columns[:-1]:
        plt.figure(figsize=(5, 3))
        sns.boxplot(x="Potability", y=col, data=df)
        plt.savefig("box_%s.png" % col)
        plt.close()
    sns.heatmap(df.corr(), cmap="RdBu")
    plt.savefig("corr.png")

# hardness classes from the textbook
df["very_hard"] = (df["Hardness"] > 180).astype(int)
df["acid"] = (df["ph"] < 6.5).astype(int)
df["basic"] = (df["ph"] > 8.5).astype(int)

target = "Potability"
y = df[target]
x = df.drop(target, axis=1)

imp = SimpleImputer(strategy="mean")
x = pd.DataFrame(imp.fit_transform(x), columns=x.columns)  # expect: L111|L102

sc = StandardScaler()
x = pd.DataFrame(sc.fit_transform(x), columns=x.columns)  # expect: L111|L101
print(x.describe())

clfs = [
    LogisticRegression(max_iter=500),
    RidgeClassifier(),
    KNeighborsClassifier(n_neighbors=15),
    SVC(C=1.0),
    MLPClassifier((50, 20), max_iter=800, random_state=2),
    RandomForestClassifier(n_estimators=250, random_state=2),
    GradientBoostingClassifier(random_state=2),
    xgb.XGBClassifier(n_estimators=200, max_depth=5, learning_rate=0.05),
]

kfold = StratifiedKFold(n_splits=opt.splits, shuffle=True, random_state=2)
scores = {}
for clf in clfs:
    n = clf.__class__.__name__
    s = cross_val_score(clf, x, y, cv=kfold, scoring="accuracy")
    f = cross_val_score(clf, x, y, cv=kfold, scoring="f1")
    scores[n] = s
    print("{:28s} acc {:.3f} +- {:.3f}   f1 {:.3f}".format(n, s.mean(), s.std(), f.mean()))

plt.figure(figsize=(10, 4))
plt.boxplot(list(scores.values()), labels=list(scores.keys()))
plt.xticks(rotation=30)
plt.tight_layout()
plt.savefig("cv.png")
