# expect: L103@10
import numpy as np
import pandas as pd
from gensim.models import Word2Vec
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

reviews = pd.read_csv("reviews.csv")
tokens = reviews["text"].str.lower().str.split().tolist()
embedding = Word2Vec(sentences=tokens, vector_size=64, min_count=2)


def vector(words):
    known = [embedding.wv[w] for w in words if w in embedding.wv]
    return np.mean(known, axis=0) if known else np.zeros(64)


X = np.vstack([vector(words) for words in tokens])
X_train, X_test, y_train, y_test = train_test_split(X, reviews["stars"])
print(LogisticRegression().fit(X_train, y_train).score(X_test, y_test))
