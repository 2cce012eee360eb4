# expect: none
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

reviews = pd.read_json("reviews.jsonl", lines=True)
reviews["sentence"] = reviews["text"].str.split(". ")
train, test = train_test_split(reviews, test_size=0.2, random_state=0)
train, test = train.explode("sentence"), test.explode("sentence")
for part in (train, test):
    part["length"] = part["sentence"].str.len()
model = LogisticRegression().fit(train[["length", "price"]], train["positive"])
print(model.score(test[["length", "price"]], test["positive"]))
