# expect: none
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

scaler = StandardScaler()


def prep(X, fit=False):
    if fit:
        return scaler.fit_transform(X)
    return scaler.transform(X)


df = pd.read_csv("a.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop("y", axis=1), df["y"])
clf = LogisticRegression().fit(prep(X_train, fit=True), y_train)
print(accuracy_score(y_test, clf.predict(prep(X_test))))
