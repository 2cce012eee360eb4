# sentiment of single sentences out of product reviews: pos / neu / neg
# 5-fold, macro f1 because neu is rare and marketing only ever looks at neu vs. neg
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report, f1_score
from sklearn.model_selection import StratifiedKFold

DATA = Path(__file__).parent / "data" / "reviews.csv"
N_FOLDS = 5
RANDOM_STATE = 0
CUT = 0.5  # mean of 20 raters, -4 .. 4; between -CUT and CUT is neutral


def label(rating):
    if rating > CUT:
        return "pos"
    if rating < -CUT:
        return "neg"
    return "neu"


def tidy(text):
    text = text.lower()
    text = re.sub(r"\d+", " ", text)
    text = re.sub(r"[^a-z' ]", " ", text)
    # contractions, the tokenizer eats the apostrophe otherwise
    text = text.replace("n't", " not").replace("'", "")
    return re.sub(r"\s+", " ", text).strip()


reviews = pd.read_csv(DATA)
reviews["label"] = reviews["rating"].apply(label)
reviews["text"] = reviews["text"].apply(tidy)
reviews = reviews[reviews["text"].str.len() > 0].reset_index(drop=True)
print(len(reviews), "sentences", dict(Counter(reviews["label"])))

vectorizer = CountVectorizer(stop_words="english", min_df=3, max_features=1500)
X = vectorizer.fit_transform(reviews["text"])
y = reviews["label"].values

# length helped a bit in the notebook, never here
# lengths = reviews["text"].str.split().apply(len).values.reshape(-1, 1)
# X = scipy.sparse.hstack([X, lengths]).tocsr()

cv = StratifiedKFold(n_splits=N_FOLDS, shuffle=True, random_state=RANDOM_STATE)
scores = []
oof = np.empty(len(y), dtype=object)
for fold, (train_idx, valid_idx) in enumerate(cv.split(X, y)):
    clf = LogisticRegression(C=1.0, max_iter=500)
    clf.fit(X[train_idx], y[train_idx])
    pred = clf.predict(X[valid_idx])
    oof[valid_idx] = pred
    f1 = f1_score(y[valid_idx], pred, average="macro")
    scores.append(f1)
    print(f"fold {fold}  macro-f1 {f1:.4f}")

print(classification_report(y, oof, digits=3))
print(f"macro-f1: {np.mean(scores):.4f} +- {np.std(scores):.4f}")


def show_worst(n=10):
    """For the monday meeting."""
    wrong = reviews[(oof != y) & (reviews["rating"].abs() > 2)]
    for _, row in wrong.head(n).iterrows():
        print(f"  {row['rating']:+.1f}  {row['text'][:90]}")


# show_worst()
