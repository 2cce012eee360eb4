# expect: none
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

train = pd.read_csv("train.tsv", sep="\t")
test = pd.read_csv("test.tsv", sep="\t")
vec = TfidfVectorizer()
Xtr = vec.fit_transform(train["text"])
Xte = vec.transform(test["text"])
clf = LogisticRegression().fit(Xtr, train["label"])
print(f1_score(test["label"], clf.predict(Xte)))
