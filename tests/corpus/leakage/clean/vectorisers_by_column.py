# expect: none
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
df = pd.read_csv("a.csv")
train, test = train_test_split(df, test_size=.2, random_state=1)
vects = {c: TfidfVectorizer().fit(train[c]) for c in ["title", "body"]}
from scipy.sparse import hstack
def feats(d):
    return hstack([vects[c].transform(d[c]) for c in ["title", "body"]])
m = LogisticRegression().fit(feats(train), train["y"])
print(accuracy_score(test["y"], m.predict(feats(test))))
