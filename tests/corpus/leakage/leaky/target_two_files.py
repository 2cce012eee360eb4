# expect: L401@7
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
train = pd.read_csv("train.csv")
test = pd.read_csv("test.csv")
cols = ["a", "b", "label"]
clf = LogisticRegression()
clf.fit(train[cols], train["label"])
print(f1_score(test["label"], clf.predict(test[cols])))
