# expect: none
import argparse
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score


def read(args, is_train):
    t = pd.read_csv(args.data)
    return t[t.fold != args.fold] if is_train else t[t.fold == args.fold]


p = argparse.ArgumentParser()
p.add_argument("--data")
args = p.parse_args()
train, test = read(args, True), read(args, False)
model = LogisticRegression().fit(train[["a", "b"]], train["y"])
print(accuracy_score(test["y"], model.predict(test[["a", "b"]])))
