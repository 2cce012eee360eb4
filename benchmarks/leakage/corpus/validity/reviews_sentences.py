# expect: none
"""Sentiment per sentence: the reviews are divided first, then cut into sentences."""
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline

reviews = pd.read_csv("hotel_reviews.csv", usecols=["title", "text", "stars"])
reviews = reviews.dropna().drop_duplicates(subset="text")
reviews["positive"] = (reviews["stars"] >= 4).astype(int)


def to_sentences(frame):
    frame = frame.assign(sentence=frame["text"].str.split(r"[.!?]+")).explode("sentence")
    frame["sentence"] = frame["title"] + " " + frame["sentence"].str.strip()
    return frame[frame["sentence"].str.len() > 15]


train_reviews, test_reviews = train_test_split(reviews, test_size=0.2, random_state=13)
train_rows = to_sentences(train_reviews)
test_rows = to_sentences(test_reviews)

clf = Pipeline([
    ("tfidf", TfidfVectorizer(ngram_range=(1, 2), min_df=3)),
    ("lr", LogisticRegression(C=3.0, max_iter=500)),
])
clf.fit(train_rows["sentence"], train_rows["positive"])
print("sentence accuracy:", accuracy_score(test_rows["positive"], clf.predict(test_rows["sentence"])))
