"""Results are kept in a dictionary and written to a file."""
import json

import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split

results = {}

frame = pd.read_csv("credit.csv")
frame = frame.replace({"?": None}).dropna()
frame["debt_ratio"] = frame["debt"] / frame["income"]
frame["age_band"] = pd.cut(frame["age"], bins=[0, 25, 40, 60, 120], labels=False)

y = frame.pop("default")
X = pd.get_dummies(frame)

X_train, X_valid, y_train, y_valid = train_test_split(X, y, test_size=0.25, random_state=9)

model = HistGradientBoostingClassifier(
    learning_rate=0.05,
    max_iter=300,
    random_state=9,
)
model.fit(X_train, y_train)

valid_pred = model.predict(X_valid)
results["rows"] = len(frame)
results["balanced_accuracy"] = balanced_accuracy_score(y_valid, valid_pred)

with open("results.json", "w") as handle:
    json.dump(results, handle, indent=2)
