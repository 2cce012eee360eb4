# expect: none
import numpy as np
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

X, y = np.load("X.npy"), np.load("y.npy")
X_train, X_test, y_train, y_test = train_test_split(X, y, shuffle=False)
model = SGDClassifier()
model.partial_fit(X_train, y_train, classes=np.unique(y))
hits = []
for i in range(len(X_test)):
    hits.append(accuracy_score(y_test[i : i + 1], model.predict(X_test[i : i + 1])))
    model.partial_fit(X_test[i : i + 1], y_test[i : i + 1])
print("prequential accuracy", np.mean(hits))
