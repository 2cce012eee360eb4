# %% Sentiment of product reviews
import re

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

rng = np.random.RandomState(7)
reviews = pd.read_csv("data/reviews.csv")
reviews = reviews.dropna(subset=["text"]).reset_index(drop=True)

# %% normalise
url = re.compile(r"https?://\S+")
digits = re.compile(r"\d+")


def normalise(text):
    text = url.sub(" link ", text.lower())
    text = digits.sub(" number ", text)
    return re.sub(r"[^a-z!? ]+", " ", text)


texts = [normalise(t) for t in reviews["text"]]
labels = reviews["label"].to_numpy()

# %% hand-made columns
lengths = np.array([[len(t), t.count("!"), t.count("?"), len(t.split())] for t in texts], dtype=float)
lengths = np.log1p(lengths)
product = pd.get_dummies(reviews["product"]).to_numpy(dtype=float)

# %% split
train, test = train_test_split(np.arange(len(texts)), test_size=0.25, random_state=7, stratify=labels)
fit_texts = [texts[i] for i in train]
test_texts = [texts[i] for i in test]

# %% words
words = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True, max_features=60000)
W = words.fit_transform(fit_texts)
W_test = words.transform(test_texts)

# %% characters
characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=5, sublinear_tf=True, max_features=60000)
C = characters.fit_transform(fit_texts)
C_test = characters.transform(test_texts)

# %% all together
extra = np.hstack([lengths, product])
X = hstack([W, C, csr_matrix(extra[train])]).tocsr()
X_test = hstack([W_test, C_test, csr_matrix(extra[test])]).tocsr()
y, y_test = labels[train], labels[test]

# %% models
svm = LinearSVC(C=0.4, random_state=7)
svm.fit(X, y)
svm_scores = svm.decision_function(X_test)

sgd = SGDClassifier(loss="modified_huber", alpha=3e-5, max_iter=30, tol=None, random_state=7)
sgd.fit(X, y)
sgd_scores = sgd.predict_proba(X_test)[:, 1]

bayes = ComplementNB(alpha=0.3)
bayes.fit(X, y)
bayes_scores = bayes.predict_proba(X_test)[:, 1]

# %% topics
svd = TruncatedSVD(60, n_iter=4, random_state=7)
T = svd.fit_transform(X)
T_test = svd.transform(X_test)
topic_model = LogisticRegression(C=2.0, max_iter=300)
topic_model.fit(T, y)
topic_scores = topic_model.predict_proba(T_test)[:, 1]


# %% blend
def ranks(values):
    return pd.Series(values).rank(pct=True).to_numpy()


blend = 0.4 * ranks(svm_scores) + 0.2 * ranks(sgd_scores) + 0.2 * ranks(bayes_scores) + 0.2 * ranks(topic_scores)
prediction = (blend > np.quantile(blend, 1 - y.mean())).astype(int)
score = f1_score(y_test, prediction)
print("F1:", score)
