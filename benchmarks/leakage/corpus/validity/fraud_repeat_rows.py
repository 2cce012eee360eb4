import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import average_precision_score, recall_score
from sklearn.model_selection import train_test_split


class FraudData:
    def __init__(self, path):
        frame = pd.read_csv(path)
        frame["log_amount"] = np.log1p(frame["Amount"])
        self.frame = frame.drop(columns=["Amount", "Time"])

    def balance(self, times=20):
        fraud = self.frame[self.frame["Class"] == 1]
        copies = fraud.loc[fraud.index.repeat(times)]
        self.frame = pd.concat([self.frame, copies], ignore_index=True)  # expect: L108|L203
        return self

    def split(self, seed=0):
        X = self.frame.drop(columns=["Class"])
        y = self.frame["Class"]
        return train_test_split(X, y, test_size=0.3, stratify=y, random_state=seed)


data = FraudData("creditcard.csv").balance()
X_tr, X_te, y_tr, y_te = data.split(seed=4)

trees = ExtraTreesClassifier(n_estimators=200, n_jobs=-1, random_state=4)
trees.fit(X_tr, y_tr)
score = trees.predict_proba(X_te)[:, 1]
print("average precision %.4f" % average_precision_score(y_te, score))
print("recall %.4f" % recall_score(y_te, score > 0.5))
