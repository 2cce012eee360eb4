# expect: none
"""Tweets about airlines. Cleaning is done on both files at once, fitting only on the first."""
import html
import re

import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import RidgeClassifier
from sklearn.metrics import accuracy_score, f1_score

LINK = re.compile(r"https?://\S+")
NAME = re.compile(r"@\w+")


def tidy(text):
    text = html.unescape(text)
    text = LINK.sub(" url ", text)
    text = NAME.sub(" someone ", text)
    return re.sub(r"(.)\1{2,}", r"\1\1", text.lower())


def main():
    parts = {"train": pd.read_csv("tweets_train.csv"), "test": pd.read_csv("tweets_test.csv")}
    stacked = pd.concat(parts, names=["part", "row"])
    stacked["text"] = stacked["text"].map(tidy)
    stacked["shouting"] = stacked["text"].str.count("!")
    parts = {name: stacked.xs(name) for name in parts}

    tfidf = TfidfVectorizer(ngram_range=(1, 2), min_df=2)
    matrix = tfidf.fit_transform(parts["train"]["text"])
    ridge = RidgeClassifier(alpha=2.0).fit(matrix, parts["train"]["sentiment"])
    guess = ridge.predict(tfidf.transform(parts["test"]["text"]))
    truth = parts["test"]["sentiment"]
    print("accuracy", accuracy_score(truth, guess), "F1", f1_score(truth, guess, average="macro"))
    everything = pd.concat([parts["train"], parts["test"].assign(guess=guess)])
    print(everything.groupby("sentiment")["shouting"].mean())


main()
