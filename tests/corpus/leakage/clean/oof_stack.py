# expect: none
import numpy as np
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict, train_test_split
from sklearn.metrics import accuracy_score

X, y = make_classification(500)
X_train, X_test, y_train, y_test = train_test_split(X, y)
base = RandomForestClassifier()
oof = cross_val_predict(base, X_train, y_train, method="predict_proba")
base.fit(X_train, y_train)
meta = LogisticRegression().fit(oof, y_train)
print(accuracy_score(y_test, meta.predict(base.predict_proba(X_test))))
