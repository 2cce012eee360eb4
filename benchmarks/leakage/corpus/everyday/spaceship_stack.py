# expect: none
"""Kaggle 'Spaceship Titanic' script, train.csv is labelled, test.csv is not."""
import argparse

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier
from lightgbm import LGBMClassifier
from sklearn.ensemble import StackingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SPEND = ["RoomService", "FoodCourt", "ShoppingMall", "Spa", "VRDeck"]


def combine(train, test):
    n = len(train)
    everything = pd.concat([train, test], ignore_index=True)
    return everything, n


def features(everything):
    everything = everything.copy()
    everything["Group"] = everything["PassengerId"].str.split("_").str[0]
    everything["GroupSize"] = everything.groupby("Group")["PassengerId"].transform("count")
    cabin = everything["Cabin"].str.split("/", expand=True)
    everything["Deck"] = cabin[0].fillna("U")
    everything["Side"] = cabin[2].fillna("U")
    everything[SPEND] = everything[SPEND].fillna(0.0)
    everything["Spent"] = everything[SPEND].sum(axis=1)
    everything["NoSpend"] = (everything["Spent"] == 0).astype(int)
    for c in SPEND + ["Spent"]:
        everything[c] = np.log1p(everything[c])
    for c in ("CryoSleep", "VIP"):
        everything[c] = everything[c].map({True: 1, False: 0}).fillna(-1)
    everything["HomePlanet"] = everything["HomePlanet"].fillna("Unknown")
    everything["Destination"] = everything["Destination"].fillna("Unknown")
    everything = everything.drop(columns=["Name", "Cabin", "PassengerId"])
    return pd.get_dummies(everything, columns=["HomePlanet", "Destination", "Deck", "Side"])


def base_learners(seed):
    return [
        ("cat", CatBoostClassifier(iterations=500, depth=6, verbose=0, random_seed=seed)),
        ("lgbm", LGBMClassifier(n_estimators=300, learning_rate=0.03, verbose=-1, random_state=seed)),
        ("lr", make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=500))),
    ]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--folder", default="../input/spaceship-titanic")
    ap.add_argument("--seed", type=int, default=17)
    ap.add_argument("--folds", type=int, default=5)
    args = ap.parse_args()

    train = pd.read_csv(f"{args.folder}/train.csv")
    test = pd.read_csv(f"{args.folder}/test.csv")
    y = train.pop("Transported").astype(int)
    everything, n = combine(train, test)
    table = features(everything)
    groups = table.pop("Group")
    X, X_comp = table.iloc[:n], table.iloc[n:]

    cv = GroupKFold(args.folds)
    for name, learner in base_learners(args.seed):
        s = cross_val_score(learner, X, y, groups=groups[:n], cv=cv, scoring="accuracy")
        print("%-5s %.4f %.4f" % (name, s.mean(), s.std()))

    stack = StackingClassifier(base_learners(args.seed), LogisticRegression(), cv=5, passthrough=False)
    fold_scores = []
    for tr, va in cv.split(X, y, groups[:n]):
        stack.fit(X.iloc[tr], y.iloc[tr])
        fold_scores.append(accuracy_score(y.iloc[va], stack.predict(X.iloc[va])))
    print("stack", np.mean(fold_scores), np.std(fold_scores))

    stack.fit(X, y)
    submission = pd.read_csv(f"{args.folder}/sample_submission.csv")
    submission["Transported"] = stack.predict(X_comp).astype(bool)
    submission.to_csv("submission.csv", index=False)


if __name__ == "__main__":
    main()
