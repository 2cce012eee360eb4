# expect: none
"""Hashed bags of words need no vocabulary."""
from sklearn.datasets import fetch_20newsgroups
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import PassiveAggressiveClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

GROUPS = ["sci.med", "sci.space", "rec.autos", "talk.politics.misc"]

news = fetch_20newsgroups(subset="all", categories=GROUPS, remove=("headers", "footers", "quotes"))
long_enough = [i for i, t in enumerate(news.data) if len(t) > 80]
texts = [news.data[i] for i in long_enough]
topics = news.target[long_enough]

hasher = HashingVectorizer(n_features=2 ** 17, alternate_sign=False, norm=None, stop_words="english")
hashed = hasher.fit_transform(texts)

h_learn, h_check, t_learn, t_check = train_test_split(hashed, topics, test_size=0.25, random_state=2)

idf = TfidfTransformer()
h_learn = idf.fit_transform(h_learn)
h_check = idf.transform(h_check)

pa = PassiveAggressiveClassifier(C=0.05, max_iter=50, random_state=0)
pa.fit(h_learn, t_learn)
print("accuracy on four groups:", accuracy_score(t_check, pa.predict(h_check)))
