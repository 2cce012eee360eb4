"""Who wrote the word? Handwriting features of 40 pupils, dyslexia screening."""
import argparse

import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, GroupKFold, train_test_split

META = ["child_id", "word", "dyslexia"]


def split(words, share, seed):
    return train_test_split(words, test_size=share, random_state=seed, stratify=words["dyslexia"])  # expect: L601


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--words", default="words.csv", help="one row per written word, 60 words of every child")
    ap.add_argument("--share", type=float, default=0.25)
    ap.add_argument("--seed", type=int, default=0)
    args = ap.parse_args()

    words = pd.read_csv(args.words).dropna()
    print("children:", words["child_id"].nunique())
    train, test = split(words, args.share, args.seed)

    search = GridSearchCV(
        RandomForestClassifier(n_estimators=300, n_jobs=-1, random_state=args.seed),
        {"max_features": [0.1, 0.3, "sqrt"], "min_samples_leaf": [1, 5, 20]},
        cv=GroupKFold(5),
        scoring="roc_auc",
    )
    search.fit(train.drop(columns=META), train["dyslexia"], groups=train["child_id"])
    p = search.predict_proba(test.drop(columns=META))[:, 1]
    print("test AUC: %.3f" % roc_auc_score(test["dyslexia"], p))


if __name__ == "__main__":
    main()
