from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.preprocessing import LabelEncoder
from sklearn.svm import LinearSVC
import numpy as np
import pandas as pd


class TicketRouter:
    def __init__(self, max_features=30000, C=0.7):
        self.tfidf = TfidfVectorizer(sublinear_tf=True, max_features=max_features, strip_accents="unicode")
        self.queues = LabelEncoder()
        self.svc = LinearSVC(C=C)

    def _vectorise(self, texts):
        return self.tfidf.fit_transform(texts)  # expect: L103

    def fit_and_score(self, tickets, holdout=0.15, seed=0):
        vectors = self._vectorise(tickets["subject"] + " " + tickets["body"])
        queue = self.queues.fit_transform(tickets["queue"])
        picks = np.random.RandomState(seed).permutation(vectors.shape[0])
        n = int(len(picks) * holdout)
        out, keep = picks[:n], picks[n:]
        self.svc.fit(vectors[keep], queue[keep])
        return f1_score(queue[out], self.svc.predict(vectors[out]), average="macro")


def read_tickets(path):
    tickets = pd.read_json(path, lines=True)
    tickets["body"] = tickets["body"].fillna("").str.slice(0, 4000)
    tickets["subject"] = tickets["subject"].fillna("")
    big = tickets["queue"].isin(["billing", "network", "hardware", "account"])
    return tickets[big].drop_duplicates(subset=["subject", "body"]).reset_index(drop=True)


if __name__ == "__main__":
    tickets = read_tickets("tickets.jsonl")
    print(tickets["queue"].value_counts())
    print("macro F1:", TicketRouter().fit_and_score(tickets))
