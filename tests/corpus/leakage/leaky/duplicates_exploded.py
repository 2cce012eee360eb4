# expect: L203@9
import pandas as pd
from catboost import CatBoostClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

reviews = pd.read_json("reviews.jsonl", lines=True)
reviews["sentence"] = reviews["text"].str.split(". ")
sentences = reviews.explode("sentence").reset_index(drop=True)
sentences["length"] = sentences["sentence"].str.len()
train, test = train_test_split(sentences, test_size=0.2, random_state=0)
columns = ["length", "price", "brand"]
model = CatBoostClassifier(cat_features=["brand"], verbose=0)
model.fit(train[columns], train["positive"])
print(roc_auc_score(test["positive"], model.predict_proba(test[columns])[:, 1]))
