# expect: none
"""Will the question be answered correctly?  One answer per person, many questions."""
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score


class MeanEncoder:
    def __init__(self, column, weight=10.0):
        self.column = column
        self.weight = weight

    def fit(self, frame, target):
        grouped = target.groupby(frame[self.column])
        self.prior = target.mean()
        self.table = (grouped.sum() + self.weight * self.prior) / (grouped.count() + self.weight)
        return self

    def transform(self, frame):
        return frame[self.column].map(self.table).fillna(self.prior)


def thirds(frame, seed):
    shuffled = frame.sample(frac=1.0, random_state=seed)
    n = len(shuffled) // 3
    return shuffled.iloc[:n], shuffled.iloc[n:2 * n], shuffled.iloc[2 * n:]


def inputs(frame, encoders):
    x = frame[["words", "has_picture"]].astype(float)
    return x.assign(**{e.column + "_rate": e.transform(frame) for e in encoders})


answers = pd.read_csv("answers.csv")
for_encoding, for_model, for_score = thirds(answers, seed=1)

encoders = [MeanEncoder(c).fit(for_encoding, for_encoding["correct"]) for c in ("question", "topic", "country")]
logit = LogisticRegression(max_iter=1000)
logit.fit(inputs(for_model, encoders), for_model["correct"])
p = logit.predict_proba(inputs(for_score, encoders))[:, 1]
print("log loss", round(log_loss(for_score["correct"], p), 4))
print("AUC     ", round(roc_auc_score(for_score["correct"], p), 4))
