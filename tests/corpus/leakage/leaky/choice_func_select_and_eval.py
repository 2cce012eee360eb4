# expect: L301@17
import numpy as np, pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import *
df = pd.read_csv("a.csv")
X, y = df.drop(columns="y"), df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC
def evaluate(model, X, y):
    return accuracy_score(y, model.predict(X))
def select_model(models, X_train, y_train, X_test, y_test):
    scores = {}
    for name, model in models.items():
        model.fit(X_train, y_train)
        scores[name] = evaluate(model, X_test, y_test)
    best_name = max(scores, key=scores.get)
    return models[best_name], scores[best_name]
def main():
    models = {"lr": LogisticRegression(), "svc": SVC()}
    model, score = select_model(models, X_train, y_train, X_test, y_test)
    print("best", model, score)
main()
