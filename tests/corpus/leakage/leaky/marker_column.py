# expect: L107@9
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import QuantileTransformer

old, new = pd.read_csv("old.csv"), pd.read_csv("new.csv")
old["part"], new["part"] = "train", "test"
both = pd.concat([old, new], ignore_index=True)
both[["a", "b"]] = QuantileTransformer().fit_transform(both[["a", "b"]])
train, test = both[both["part"] == "train"], both[both["part"] == "test"]
model = LogisticRegression().fit(train[["a", "b"]], train["y"])
print(model.score(test[["a", "b"]], test["y"]))
