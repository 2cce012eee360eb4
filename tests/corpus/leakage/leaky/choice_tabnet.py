# expect: L302@10
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from pytorch_tabnet.tab_model import TabNetClassifier
clf = TabNetClassifier()
clf.fit(X_train.values, y_train.values, eval_set=[(X_test.values, y_test.values)], max_epochs=100, patience=20)
print(accuracy_score(y_test, clf.predict(X_test.values)))
