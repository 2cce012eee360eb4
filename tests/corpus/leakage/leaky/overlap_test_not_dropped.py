# expect: L202@11
import pandas as pd
from sklearn.naive_bayes import MultinomialNB
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.metrics import accuracy_score

mails = pd.read_csv("mails.csv")
vectorizer = HashingVectorizer(alternate_sign=False)
held_out = mails.sample(frac=0.2, random_state=0)
model = MultinomialNB()
model.fit(vectorizer.transform(mails["body"]), mails["spam"])
print(accuracy_score(held_out["spam"], model.predict(vectorizer.transform(held_out["body"]))))
