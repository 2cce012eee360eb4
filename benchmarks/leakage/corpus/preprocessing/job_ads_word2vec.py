"""Salary band from the text of job advertisements: averaged word vectors and a linear model."""
import re

import numpy as np
import pandas as pd
from gensim.models import Word2Vec
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

TOKEN = re.compile(r"[a-zäöüß]+")


def tokens(text):
    return TOKEN.findall(text.lower())


def embed(sentences, w2v):
    out = np.zeros((len(sentences), w2v.vector_size))
    for i, words in enumerate(sentences):
        known = [w2v.wv[w] for w in words if w in w2v.wv]
        if known:
            out[i] = np.mean(known, axis=0)
    return out


ads = pd.read_csv("stellenanzeigen.csv").drop_duplicates("beschreibung")
ads = ads.dropna(subset=["beschreibung", "gehaltsband"])
sentences = [tokens(t) for t in ads["beschreibung"]]

w2v = Word2Vec(sentences, vector_size=150, window=6, min_count=4, epochs=8, seed=1, workers=1)  # expect: L103
matrix = embed(sentences, w2v)

m_tr, m_te, band_tr, band_te = train_test_split(matrix, ads["gehaltsband"].to_numpy(), random_state=4)
linear = SGDClassifier(loss="log_loss", alpha=1e-4, random_state=0)
linear.fit(m_tr, band_tr)
print("accuracy", round(accuracy_score(band_te, linear.predict(m_te)), 3))
