# expect: L301@19
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.svm import SVC
from sklearn.ensemble import RandomForestClassifier
class Selector:
    def __init__(self, candidates):
        self.candidates = candidates
        self.best_model = None
        self.best_score = -1
    def fit(self, Xa, ya, Xb, yb):
        for model in self.candidates:
            model.fit(Xa, ya)
            s = f1_score(yb, model.predict(Xb))
            if s > self.best_score:
                self.best_score = s
                self.best_model = model
        return self
sel = Selector([SVC(), RandomForestClassifier()]).fit(X_train, y_train, X_test, y_test)
print("best f1", sel.best_score)
