# expect: none
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
df = pd.read_csv("a.csv")
print("mean", df["age"].mean(), "max", df["age"].max())
base = df["y"].mean()
df["age"] = df["age"].clip(0, 100)
df["old"] = (df["age"] > 60).astype(int)
df["ratio"] = df["a"] / df["b"]
df["city"] = df["city"].astype("category").cat.codes
X, y = df.drop(columns=["y"]), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y)
h = HistGradientBoostingClassifier(early_stopping=True, validation_fraction=0.1).fit(X_train, y_train)
print(base, h.score(X_test, y_test))
