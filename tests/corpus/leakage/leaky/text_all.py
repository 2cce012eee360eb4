# expect: L103@17
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import MultinomialNB
from sklearn.metrics import classification_report

reviews = pd.read_csv("reviews.csv")


def clean(text):
    return text.lower().strip()


corpus = reviews["text"].apply(clean)
tfidf = TfidfVectorizer(max_features=5000)
features = tfidf.fit_transform(corpus)
x_train, x_test, y_train, y_test = train_test_split(features, reviews.sentiment, test_size=0.3)
nb = MultinomialNB()
nb.fit(x_train, y_train)
print(classification_report(y_test, nb.predict(x_test)))
