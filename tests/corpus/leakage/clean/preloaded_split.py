# expect: none
import numpy as np
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import LogisticRegression
from mylib import load_dataset

X_train, y_train, X_test, y_test = load_dataset("abc")
sc = StandardScaler()
X_train = sc.fit_transform(X_train)
X_test = sc.transform(X_test)
clf = LogisticRegression().fit(X_train, y_train)
print((clf.predict(X_test) == y_test).mean())
