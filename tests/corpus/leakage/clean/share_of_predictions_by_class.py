# expect: none
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("cells.csv").drop_duplicates()
train, test = train_test_split(df, stratify=df["kind"], random_state=0)
train = train.groupby("kind", group_keys=False).sample(n=300, replace=True, random_state=0)
X_test, y_test = test[["a", "b"]], test["kind"]
said = RandomForestClassifier().fit(train[["a", "b"]], train["kind"]).predict(X_test)
recalls = [(said[y_test == kind] == kind).mean() for kind in np.unique(y_test)]
print("balanced accuracy", np.mean(recalls))
print("how often others are said", (said[y_test == "x"] == "y").mean())
