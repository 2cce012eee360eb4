# expect: none
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

df = pd.read_csv("a.csv")
target = "y"
a, b, c, d = train_test_split(df.loc[:, df.columns != target], df[target])
print(LogisticRegression().fit(a, c).score(b, d))
cols = list(df.columns)
cols.remove("y")
a, b, c, d = train_test_split(df[cols], df.y)
print(LogisticRegression().fit(a, c).score(b, d))
X = df.values[:, :-1]
y = df.values[:, -1]
a, b, c, d = train_test_split(X, y)
print(LogisticRegression().fit(a, c).score(b, d))
X = df.iloc[:, 1:]
y = df.iloc[:, 0]
a, b, c, d = train_test_split(X, y)
print(LogisticRegression().fit(a, c).score(b, d))
X = df[df.columns.drop("y")]
y = df["y"]
a, b, c, d = train_test_split(X, y)
print(LogisticRegression().fit(a, c).score(b, d))
X = df.copy()
y = X.pop("y")
a, b, c, d = train_test_split(X, y)
print(LogisticRegression().fit(a, c).score(b, d))
X = df.copy()
del X["y"]
a, b, c, d = train_test_split(X, df["y"])
print(LogisticRegression().fit(a, c).score(b, d))
