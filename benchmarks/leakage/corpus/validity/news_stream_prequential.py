# expect: none
"""Articles arrive one batch after another: each batch is judged before the model learns from it."""
import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import PassiveAggressiveClassifier
from sklearn.metrics import accuracy_score

news = pd.read_csv("ag_news.csv").drop_duplicates(subset="text")
vec = HashingVectorizer(n_features=2**18)
classes = np.array([1, 2, 3, 4])
clf = PassiveAggressiveClassifier(C=0.01)

size = 1000
first = news.iloc[:size]
clf.partial_fit(vec.transform(first["text"]), first["label"], classes=classes)

curve = []
for start in range(size, len(news), size):
    batch = news.iloc[start:start + size]
    Xb, yb = vec.transform(batch["text"]), batch["label"]
    curve.append(accuracy_score(yb, clf.predict(Xb)))
    clf.partial_fit(Xb, yb)

print("prequential accuracy:", np.mean(curve))
print("over the last ten batches:", np.mean(curve[-10:]))
