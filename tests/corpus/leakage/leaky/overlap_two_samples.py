# expect: L202@10
import pandas as pd
from sklearn.neighbors import KNeighborsClassifier
from sklearn.metrics import classification_report


def prepare(path):
    wines = pd.read_csv(path, sep=";")
    train = wines.sample(frac=0.7, random_state=42)
    test = wines.sample(frac=0.3, random_state=7)
    return train, test


train, test = prepare("winequality.csv")
knn = KNeighborsClassifier(n_neighbors=1)
knn.fit(train.drop(columns=["quality"]), train["quality"])
print(classification_report(test["quality"], knn.predict(test.drop(columns=["quality"]))))
