# expect: none
"""News categories: averaged word2vec trained on the training articles, hashing, and a GRU."""
import argparse
import logging
import re
from collections import Counter

import numpy as np
import pandas as pd
import torch
from gensim.models import Word2Vec
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler
from torch import nn

log = logging.getLogger("news")
TOKEN = re.compile(r"[a-zäöüß]{2,}")


def tokens(text):
    return TOKEN.findall(text.lower())


class Vocabulary:
    def __init__(self, size=20000):
        self.size = size
        self.index = {}

    def fit(self, documents):
        counts = Counter(w for d in documents for w in d)
        self.index = {w: i + 2 for i, (w, _) in enumerate(counts.most_common(self.size))}
        return self

    def encode(self, documents, length=120):
        out = np.zeros((len(documents), length), dtype="int64")
        for row, d in enumerate(documents):
            ids = [self.index.get(w, 1) for w in d[:length]]
            out[row, : len(ids)] = ids
        return out


def average(model, documents):
    wv = model.wv
    rows = []
    for d in documents:
        known = [wv[w] for w in d if w in wv]
        rows.append(np.mean(known, axis=0) if known else np.zeros(wv.vector_size, dtype="float32"))
    return np.vstack(rows)


class GRUNet(nn.Module):
    def __init__(self, words, classes, emb=128, hidden=128):
        super().__init__()
        self.emb = nn.Embedding(words + 2, emb, padding_idx=0)
        self.rnn = nn.GRU(emb, hidden, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden, classes)

    def forward(self, x):
        h, _ = self.rnn(self.emb(x))
        return self.out(h.max(1).values)


def run_gru(a, y_a, b, classes, words, epochs=4, batch=128):
    net = GRUNet(words, classes)
    opt = torch.optim.Adam(net.parameters(), 1e-3)
    a, y_a = torch.from_numpy(a), torch.from_numpy(y_a)
    for epoch in range(epochs):
        net.train()
        for idx in torch.randperm(len(a)).split(batch):
            loss = nn.functional.cross_entropy(net(a[idx]), y_a[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
        log.info("gru epoch %d: %.4f", epoch, loss.item())
    net.eval()
    with torch.no_grad():
        return torch.cat([net(part).argmax(1) for part in torch.from_numpy(b).split(512)]).numpy()


def show(name, y, guess):
    print("%-10s accuracy %.4f macro f1 %.4f" % (name, accuracy_score(y, guess), f1_score(y, guess, average="macro")))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("csv")
    parser.add_argument("--seed", type=int, default=2)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    torch.manual_seed(args.seed)
    news = pd.read_csv(args.csv).dropna().drop_duplicates("text")
    lengths = news["text"].str.split().str.len()
    log.info("%d articles, median length %d", len(news), lengths.median())
    y = LabelEncoder().fit_transform(news["category"])
    docs = [tokens(t) for t in news["text"]]
    hashed = HashingVectorizer(n_features=2**17, norm="l2").transform(news["text"])
    ids = np.arange(len(docs))
    tr, te = train_test_split(ids, test_size=0.2, stratify=y, random_state=args.seed)

    sgd = SGDClassifier(loss="log_loss", random_state=args.seed).fit(hashed[tr], y[tr])
    show("hashing", y[te], sgd.predict(hashed[te]))

    train_docs, test_docs = [docs[i] for i in tr], [docs[i] for i in te]
    w2v = Word2Vec(train_docs, vector_size=100, window=5, min_count=3, workers=4, seed=args.seed, epochs=8)
    scaler = StandardScaler()
    a = scaler.fit_transform(average(w2v, train_docs))
    b = scaler.transform(average(w2v, test_docs))
    show("word2vec", y[te], LogisticRegression(max_iter=1000).fit(a, y[tr]).predict(b))

    vocabulary = Vocabulary().fit(train_docs)
    a, b = vocabulary.encode(train_docs), vocabulary.encode(test_docs)
    show("gru", y[te], run_gru(a, y[tr], b, y.max() + 1, vocabulary.size))


if __name__ == "__main__":
    main()
