# expect: none
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
models = [("lr", LogisticRegression()), ("dt", DecisionTreeClassifier())]
results = pd.DataFrame(columns=["model", "acc"])
for name, model in models:
    model.fit(X_train, y_train)
    results.loc[len(results)] = [name, accuracy_score(y_test, model.predict(X_test))]
print(results.sort_values("acc", ascending=False))
