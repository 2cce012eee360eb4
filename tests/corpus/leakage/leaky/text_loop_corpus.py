# expect: L103@13
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.model_selection import train_test_split
from sklearn.linear_model import PassiveAggressiveClassifier
from sklearn import metrics
df = pd.read_csv("news.csv")
corpus = []
for i in range(len(df)):
    review = df["text"][i].lower()
    corpus.append(review)
cv = CountVectorizer(max_features=5000)
X = cv.fit_transform(corpus).toarray()
y = df["label"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.33)
clf = PassiveAggressiveClassifier()
clf.fit(X_train, y_train)
pred = clf.predict(X_test)
score = metrics.accuracy_score(y_test, pred)
print(score)
