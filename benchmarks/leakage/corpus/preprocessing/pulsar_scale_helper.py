# Pulsar candidates, homework 3 (solution of group 7)
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, precision_score, recall_score
from sklearn.preprocessing import PowerTransformer

COLUMNS = ["mean_p", "std_p", "kurt_p", "skew_p", "mean_dm", "std_dm", "kurt_dm", "skew_dm", "pulsar"]


def read_and_split(path, frac, seed):
    stars = pd.read_csv(path, names=COLUMNS).drop_duplicates().reset_index(drop=True)
    train = stars.sample(frac=frac, random_state=seed)
    test = stars.loc[~stars.index.isin(train.index)]
    return train, test


def xy(part):
    return part[COLUMNS[:-1]], part["pulsar"]


train, test = read_and_split("HTRU_2.csv", frac=0.7, seed=7)
x_train, y_train = xy(train)
x_test, y_test = xy(test)

train_power = PowerTransformer(method="yeo-johnson")
test_power = PowerTransformer(method="yeo-johnson")
x_train = train_power.fit_transform(x_train)
x_test = test_power.fit_transform(x_test)  # expect: L110

logit = LogisticRegression(class_weight="balanced")
logit.fit(x_train, y_train)
said = logit.predict(x_test)
for metric in (precision_score, recall_score, f1_score):
    print(f"{metric.__name__:16s} {metric(y_test, said):.4f}")
