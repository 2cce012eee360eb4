# expect: L101@8
import pandas as pd
from sklearn.preprocessing import normalize, scale
from sklearn.model_selection import train_test_split
from sklearn.linear_model import SGDClassifier
def get():
    df = pd.read_csv("a.csv")
    X = scale(df.drop("y", axis=1))
    return X, df.y
def run(clf):
    X, y = get()
    splits = train_test_split(X, y)
    clf.fit(splits[0], splits[2])
    return clf.score(splits[1], splits[3])
print(run(SGDClassifier()))
