"""Seniority of the position from single sentences of a job advert."""
import argparse
import re
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline

SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+|•")


def read_adverts(folder: Path) -> pd.DataFrame:
    rows = []
    for path in sorted(folder.glob("*.html.txt")):
        text = path.read_text(encoding="utf-8", errors="ignore")
        head, _, body = text.partition("\n\n")
        rows.append({"advert": path.stem, "industry": head.strip(), "body": body})
    return pd.DataFrame(rows)


def split_sentences(body: str) -> list:
    return [s.strip() for s in SENTENCE.split(body) if len(s.split()) > 3]


def seniority(body: str) -> str:
    body = body.lower()
    if re.search(r"\b(senior|lead|principal|head of)\b", body):
        return "senior"
    if re.search(r"\b(junior|graduate|entry)\b", body):
        return "junior"
    return "regular"


def remove_hints(sentence: str) -> str:
    return re.sub(r"(?i)\b(senior|lead|principal|head of|junior|graduate|entry)\b", "X", sentence)


def prepare(folder: Path) -> pd.DataFrame:
    adverts = read_adverts(folder)
    adverts["level"] = adverts["body"].map(seniority)
    adverts["sentence"] = adverts["body"].map(split_sentences)
    print(adverts["level"].value_counts())
    sentences = adverts.explode("sentence").dropna(subset=["sentence"])
    sentences["sentence"] = sentences["sentence"].map(remove_hints)
    return sentences.reset_index(drop=True)


def top_words(model, names, n=12):
    vec, clf = model.steps[0][1], model.steps[1][1]
    vocabulary = np.array(vec.get_feature_names_out())
    for name, weights in zip(names, clf.coef_):
        print(f"{name:>8}: {', '.join(vocabulary[np.argsort(-weights)[:n]])}")


def train_all(sentences: pd.DataFrame, seed: int):
    a, b = train_test_split(sentences, test_size=0.2, random_state=seed, stratify=sentences["level"])  # expect: L203|L601
    candidates = {
        "dummy": DummyClassifier(strategy="most_frequent"),
        "nb": ComplementNB(),
        "logit": LogisticRegression(max_iter=1000, class_weight="balanced"),
    }
    fitted = {}
    for name, clf in candidates.items():
        model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True), clf)
        model.fit(a["sentence"], a["level"])
        print("=====", name)
        print(classification_report(b["level"], model.predict(b["sentence"]), zero_division=0))
        fitted[name] = model
    return fitted


if __name__ == "__main__":
    cli = argparse.ArgumentParser()
    cli.add_argument("folder", type=Path)
    cli.add_argument("--seed", type=int, default=3)
    cli.add_argument("--words", action="store_true")
    options = cli.parse_args()
    data = prepare(options.folder)
    print(len(data), "sentences")
    models = train_all(data, options.seed)
    if options.words:
        top_words(models["logit"], models["logit"].classes_)
