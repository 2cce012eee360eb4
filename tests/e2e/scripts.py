"""The training scripts that the tests open: small, real, and with the usual flaw."""

LEAKY = '''\
"""Which tumours are malignant? — a first try 🙂."""
import time

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

X, y = load_breast_cancer(return_X_y=True)

# put all columns on one scale
scaler = StandardScaler()
X = scaler.fit_transform(X)

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)

model = DecisionTreeClassifier(max_depth=1, random_state=0)  # a stump: simple, but is it enough?
model.fit(X_train, y_train)

predicted = model.predict(X_test)
print(f"accuracy: {accuracy_score(y_test, predicted):.4f}")
'''
"""A scaler fitted before the split, and a model far too simple: there is something to find, to measure and to gain."""

SLOW = LEAKY.replace("model.fit(X_train, y_train)\n", "model.fit(X_train, y_train)\ntime.sleep(1.2)\n")
"""The same with runs long enough to be cut short."""

FAST = {"baselineSeeds": 2, "screeningSeeds": 1, "confirmationSeeds": 5, "parallel": 2, "budget": "4m"}
"""Settings with which a study of these takes seconds."""
