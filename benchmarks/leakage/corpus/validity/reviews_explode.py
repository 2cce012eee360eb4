"""Sentiment per sentence: every review is cut into its sentences."""
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline

reviews = pd.read_csv("hotel_reviews.csv", usecols=["title", "text", "stars"])
reviews = reviews.dropna()
reviews["positive"] = (reviews["stars"] >= 4).astype(int)

# one row per sentence, each with the title of its review in front
reviews["sentence"] = reviews["text"].str.split(r"[.!?]+")
rows = reviews.explode("sentence")
rows["sentence"] = rows["title"] + " " + rows["sentence"].str.strip()
rows = rows[rows["sentence"].str.len() > 15]
print(len(reviews), "reviews ->", len(rows), "sentences")

s_train, s_test, p_train, p_test = train_test_split(  # expect: L203|L601
    rows["sentence"], rows["positive"], test_size=0.2, random_state=13
)

clf = Pipeline([
    ("tfidf", TfidfVectorizer(ngram_range=(1, 2), min_df=3)),
    ("lr", LogisticRegression(C=3.0, max_iter=500)),
])
clf.fit(s_train, p_train)
print("sentence accuracy:", accuracy_score(p_test, clf.predict(s_test)))
