"""Intent recognition for the help desk, with sentences enlarged by word swaps."""
import random

import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

SYNONYMS = {
    "pay": ["settle", "transfer"],
    "card": ["plastic", "debit card"],
    "lost": ["misplaced", "cannot find"],
    "change": ["update", "modify"],
    "address": ["residence"],
}


def swap(sentence, rng):
    words = [rng.choice(SYNONYMS[w]) if w in SYNONYMS and rng.random() < 0.6 else w for w in sentence.split()]
    return " ".join(words)


def swapped(frame, rng):
    return frame.assign(sentence=frame["sentence"].map(lambda s: swap(s, rng)))


def augmented(frame, copies, seed):
    rng = random.Random(seed)
    return pd.concat([frame] + [swapped(frame, rng) for _ in range(copies)], ignore_index=True)  # expect: L109|L203


intents = pd.read_csv("intents.csv").drop_duplicates("sentence")
intents["sentence"] = intents["sentence"].str.lower()
intents = augmented(intents, copies=2, seed=0)
print(intents["intent"].value_counts().head())

s_a, s_b, i_a, i_b = train_test_split(intents["sentence"], intents["intent"], test_size=0.2, random_state=0)
model = make_pipeline(TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4)), LinearSVC())
model.fit(s_a, i_a)
print("accuracy", round(model.score(s_b, i_b), 4))
