# expect: L102@11
import pandas as pd
from sklearn.impute import KNNImputer
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC


def prepare():
    df = pd.read_csv("d.csv")
    y = df["y"].astype(int)
    X = KNNImputer(n_neighbors=3).fit_transform(df.drop(columns="y"))
    X_train, X_test, y_train, y_test = train_test_split(X, y)
    return {"train": (X_train, y_train), "test": (X_test, y_test)}


sets = prepare()
svc = SVC().fit(*sets["train"])
print(svc.score(*sets["test"]))
