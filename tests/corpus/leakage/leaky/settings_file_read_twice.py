# expect: L202@15
import argparse
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score


def read(path):
    return pd.read_csv(path).dropna()


p = argparse.ArgumentParser()
p.add_argument("--data")
args = p.parse_args()
train, test = read(args.data), read(args.data).sample(frac=0.2)
model = LogisticRegression().fit(train[["a", "b"]], train["y"])
print(accuracy_score(test["y"], model.predict(test[["a", "b"]])))
