# expect: none
import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import average_precision_score
from sklearn.model_selection import train_test_split


class FraudData:
    def __init__(self, path):
        frame = pd.read_csv(path)
        frame["log_amount"] = np.log1p(frame["Amount"])
        frame = frame.drop(columns=["Amount", "Time"]).drop_duplicates()
        self.train, self.test = train_test_split(frame, test_size=0.3, stratify=frame["Class"], random_state=4)

    def balanced_train(self, times=20):
        fraud = self.train[self.train["Class"] == 1]
        copies = fraud.loc[fraud.index.repeat(times)]
        return pd.concat([self.train, copies], ignore_index=True)


data = FraudData("creditcard.csv")
train = data.balanced_train()
test = data.test

trees = ExtraTreesClassifier(n_estimators=200, n_jobs=-1, random_state=4)
trees.fit(train.drop(columns="Class"), train["Class"])
score = trees.predict_proba(test.drop(columns="Class"))[:, 1]
print("average precision %.4f" % average_precision_score(test["Class"], score))
