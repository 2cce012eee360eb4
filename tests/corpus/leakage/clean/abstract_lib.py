# expect: none
import pandas as pd
from sklearn.preprocessing import StandardScaler


def load(path):
    return pd.read_csv(path)


def scale(train, test):
    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(test)


def evaluate(model, X_test, y_test):
    return model.score(X_test, y_test)


def fit_and_score(model, X_train, X_test, y_train, y_test):
    a, b = scale(X_train, X_test)
    model.fit(a, y_train)
    return evaluate(model, b, y_test)
