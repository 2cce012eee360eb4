# expect: none
"""Complaints to the railway: does the customer want money back?  Words counted in the learning part only."""
from collections import Counter

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score


class Bag:
    def __init__(self, size):
        self.size = size

    @staticmethod
    def split(text):
        return [w.strip(".,!?") for w in text.lower().split()]

    def learn(self, texts):
        counts = Counter()
        for text in texts:
            counts.update(set(self.split(text)))
        self.index = {w: i for i, (w, n) in enumerate(counts.most_common(self.size)) if n > 2}
        return self

    def matrix(self, texts):
        m = np.zeros((len(texts), len(self.index)), dtype=np.float32)
        for row, text in enumerate(texts):
            for w in self.split(text):
                if w in self.index:
                    m[row, self.index[w]] = 1.0
        return m


complaints = pd.read_csv("complaints.csv").drop_duplicates("text").dropna(subset=["text"])
print("words per complaint:", complaints["text"].str.split().str.len().median())

chosen = np.random.RandomState(5).choice(len(complaints), size=len(complaints) // 4, replace=False)
is_test = np.zeros(len(complaints), dtype=bool)
is_test[chosen] = True
train, test = complaints[~is_test], complaints[is_test]

bag = Bag(size=5000).learn(train["text"])
lr = LogisticRegression(C=0.3, max_iter=1000)
lr.fit(bag.matrix(train["text"].tolist()), train["refund"])
p = lr.predict_proba(bag.matrix(test["text"].tolist()))[:, 1]
print("AUC", round(roc_auc_score(test["refund"], p), 4))
