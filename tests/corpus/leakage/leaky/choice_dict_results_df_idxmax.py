# expect: L301@17
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
models = {"lr": LogisticRegression(), "dt": DecisionTreeClassifier()}
res = []
for name, model in models.items():
    model.fit(X_train, y_train)
    p = model.predict(X_test)
    res.append({"model": name, "acc": accuracy_score(y_test, p), "f1": f1_score(y_test, p)})
results = pd.DataFrame(res)
best_name = results.loc[results["f1"].idxmax(), "model"]
best_model = models[best_name]
print(classification_report(y_test, best_model.predict(X_test)))
