import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.metrics import classification_report, f1_score
from sklearn.naive_bayes import BernoulliNB

labels, texts = [], []
with open("SMSSpamCollection", encoding="utf8") as handle:
    for line in handle:
        label, text = line.rstrip("\n").split("\t", 1)
        labels.append(1 if label == "spam" else 0)
        texts.append(text.lower())

# the raw file holds the same advert many times
seen = dict(zip(texts, labels))
texts = np.array(list(seen.keys()), dtype=object)
labels = np.array(list(seen.values()))
perm = np.random.RandomState(0).permutation(len(texts))
texts, labels = texts[perm], labels[perm]

hv = HashingVectorizer(n_features=2**16, alternate_sign=False, binary=True)
X = hv.transform(texts)

X_tr, t_tr = X[:4000], labels[:4000]
X_te, t_te = X[3500:], labels[3500:]  # expect: L202

nb = BernoulliNB(alpha=0.1)
nb.fit(X_tr, t_tr)
guess = nb.predict(X_te)
print(classification_report(t_te, guess, target_names=["ham", "spam"]))
print("f1", f1_score(t_te, guess))
