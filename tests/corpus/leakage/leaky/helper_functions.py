# expect: L101@17 L101@18
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler


def load(path):
    frame = pd.read_csv(path)
    return frame.drop(columns="label"), frame["label"]


def reduce(features):
    scaled = MinMaxScaler().fit_transform(features)
    return PCA(n_components=5).fit_transform(scaled)


def split(features, labels):
    return train_test_split(features, labels, test_size=0.2, stratify=labels)


def main():
    X, y = load("train.csv")
    X = reduce(X)
    X_train, X_test, y_train, y_test = split(X, y)
    model = RandomForestClassifier(n_estimators=200)
    model.fit(X_train, y_train)
    predictions = model.predict(X_test)
    print(f"F1: {f1_score(y_test, predictions):.3f}")


if __name__ == "__main__":
    main()
