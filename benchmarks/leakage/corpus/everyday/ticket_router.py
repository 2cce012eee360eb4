# routes support tickets to a queue
import re
import sys
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC
from sklearn.model_selection import train_test_split
from sklearn.metrics import f1_score, confusion_matrix
import joblib

STOP = {"hello", "hi", "regards", "thanks", "please"}


def scrub(s):
    s = s.lower()
    s = re.sub(r"https?://\S+", " URL ", s)
    s = re.sub(r"\d+", " 0 ", s)
    return " ".join(w for w in s.split() if w not in STOP)


def read_tickets(fn):
    t = pd.read_csv(fn, sep=";", encoding="latin-1")
    t = t[t["queue"].notna()]
    t["body"] = (t["subject"].fillna("") + " " + t["body"].fillna("")).map(scrub)
    t = t.drop_duplicates(subset="body")
    counts = t["queue"].value_counts()
    print(counts)
    return t


def vectorise(texts, max_features=40000):
    v = TfidfVectorizer(ngram_range=(1, 2), min_df=3, max_features=max_features, sublinear_tf=True)
    M = v.fit_transform(texts)  # expect: L103
    return v, M


def evaluate(model, M, gold):
    out = model.predict(M)
    print("macro F1  %.3f" % f1_score(gold, out, average="macro"))
    print("micro F1  %.3f" % f1_score(gold, out, average="micro"))
    print(confusion_matrix(gold, out))


if __name__ == "__main__":
    tickets = read_tickets(sys.argv[1])
    vec, M = vectorise(tickets["body"])
    M_fit, M_eval, q_fit, q_eval = train_test_split(M, tickets["queue"], test_size=0.15, random_state=1)
    svm = LinearSVC(C=0.8, class_weight="balanced")
    svm.fit(M_fit, q_fit)
    evaluate(svm, M_eval, q_eval)
    joblib.dump((vec, svm), "router.joblib")
