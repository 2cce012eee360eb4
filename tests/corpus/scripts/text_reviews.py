"""Sentiment of reviews: TF-IDF and a linear model, tuned by grid search."""
import re

import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import classification_report, f1_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import Pipeline

STOP = {"the", "a", "an", "and", "or"}


def clean_text(text):
    text = re.sub(r"<[^>]+>", " ", text.lower())
    text = re.sub(r"[^a-z ]", " ", text)
    return " ".join(word for word in text.split() if word not in STOP)


reviews = pd.read_json("reviews.jsonl", lines=True)
reviews = reviews.dropna(subset=["text", "label"])
reviews["text"] = reviews["text"].map(clean_text)

train_text, test_text, train_label, test_label = train_test_split(
    reviews["text"], reviews["label"], test_size=0.2, random_state=8
)

pipeline = Pipeline(
    [
        ("tfidf", TfidfVectorizer(min_df=2)),
        ("clf", SGDClassifier(random_state=8)),
    ]
)
param_grid = {
    "tfidf__ngram_range": [(1, 1), (1, 2)],
    "clf__alpha": [1e-5, 1e-4, 1e-3],
}
search = GridSearchCV(pipeline, param_grid, cv=3, scoring="f1_macro", n_jobs=-1)
search.fit(train_text, train_label)
print("best:", search.best_params_)

predicted = search.predict(test_text)
print(classification_report(test_label, predicted))
macro_f1 = f1_score(test_label, predicted, average="macro")
print(f"macro F1 {macro_f1:.3f}")
