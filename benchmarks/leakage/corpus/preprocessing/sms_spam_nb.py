# SMS spam, the usual bag of words
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import MultinomialNB

sms = pd.read_csv("spam.csv", encoding="latin-1")[["v1", "v2"]]
sms.columns = ["label", "text"]
sms = sms.drop_duplicates(subset="text")
print(sms.groupby("label")["text"].agg(["count", "first"]))
sms["label"] = sms["label"].map({"ham": 0, "spam": 1})
sms["text"] = sms["text"].str.lower().str.replace(r"[^a-z£0-9 ]", " ", regex=True)

vectorizer = CountVectorizer(stop_words="english", min_df=3, ngram_range=(1, 2))
counts = vectorizer.fit_transform(sms["text"])  # expect: L103
print("vocabulary:", len(vectorizer.vocabulary_))

c_train, c_test, l_train, l_test = train_test_split(
    counts, sms["label"], test_size=0.3, stratify=sms["label"], random_state=21
)
nb = MultinomialNB(alpha=0.3)
nb.fit(c_train, l_train)
words = vectorizer.get_feature_names_out()
print("spammy words:", list(words[nb.feature_log_prob_[1].argsort()[-8:]]))
print(classification_report(l_test, nb.predict(c_test), target_names=["ham", "spam"]))
