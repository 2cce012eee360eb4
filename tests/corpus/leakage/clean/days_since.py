# expect: none
import pandas as pd, numpy as np
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
df = pd.read_csv("a.csv")
df["when"] = pd.to_datetime(df["when"])
df["days"] = (df["when"] - df["when"].min()).dt.days
df["family"] = df["sib"] + df["par"] + 1
df["title"] = df["name"].str.extract("x")
X = pd.get_dummies(df[["days", "family", "title"]]); y = df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y)
errs = []
for k in range(1, 5):
    knn = KNeighborsClassifier(k).fit(X_train, y_train)
    errs.append(np.mean(knn.predict(X_test) != y_test))
print(errs)
