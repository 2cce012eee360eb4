# expect: L301@18
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier
def metrics_of(model, X, y):
    p = model.predict(X)
    return {"acc": accuracy_score(y, p), "f1": f1_score(y, p)}
all_metrics = {}
fitted = {}
for name, mod in [("lr", LogisticRegression()), ("rf", RandomForestClassifier())]:
    fitted[name] = mod.fit(X_train, y_train)
    all_metrics[name] = metrics_of(mod, X_test, y_test)
best_name = max(all_metrics, key=lambda n: all_metrics[n]["f1"])
print("Best:", best_name, all_metrics[best_name])
