# expect: L110@11
from sklearn.datasets import fetch_20newsgroups
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.metrics import accuracy_score

train = fetch_20newsgroups(subset="train")
test = fetch_20newsgroups(subset="test")
vec = CountVectorizer(max_features=1000)
A = vec.fit_transform(train.data)
B = vec.fit_transform(test.data)
nb = MultinomialNB().fit(A, train.target)
print(accuracy_score(test.target, nb.predict(B)))
