# expect: none
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("d.csv")
df["high"] = np.where(df["price"] > 100, 1, 0)
X = df.drop(columns=["high", "price"])
y = df["high"]
X_train, X_test, y_train, y_test = train_test_split(X, y)
rf = RandomForestClassifier(class_weight={0: 1, 1: y_train.mean()}).fit(X_train, y_train)
print(accuracy_score(y_test, rf.predict(X_test)))
