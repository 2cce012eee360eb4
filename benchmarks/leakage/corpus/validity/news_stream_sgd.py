import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

news = pd.read_csv("ag_news.csv").drop_duplicates(subset="text")
train, test = train_test_split(news, test_size=0.2, random_state=0)

vec = HashingVectorizer(n_features=2**18, ngram_range=(1, 2))
classes = np.unique(news["label"])
clf = SGDClassifier(loss="log_loss", alpha=1e-6, random_state=0)


def batches(frame, size=2000):
    for start in range(0, len(frame), size):
        part = frame.iloc[start:start + size]
        yield vec.transform(part["text"]), part["label"].to_numpy()


for epoch in range(3):
    for Xb, yb in batches(train):
        clf.partial_fit(Xb, yb, classes=classes)
    print("epoch", epoch, "done")

# keep the model up to date with the newest articles as well
for Xb, yb in batches(test):
    clf.partial_fit(Xb, yb)  # expect: L204

hits = [accuracy_score(yb, clf.predict(Xb)) for Xb, yb in batches(test)]
print("test accuracy:", np.mean(hits))
