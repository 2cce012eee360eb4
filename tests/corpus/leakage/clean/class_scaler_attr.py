# expect: none
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


class Preprocessor:
    def __init__(self):
        self.scaler = StandardScaler()
        self.cols = None

    def fit(self, df):
        self.cols = df.columns
        self.scaler.fit(df)
        return self

    def transform(self, df):
        return self.scaler.transform(df[self.cols])

    def fit_transform(self, df):
        return self.fit(df).transform(df)


df = pd.read_csv("d.csv")
y = df.pop("y")
tr, te, ytr, yte = train_test_split(df, y)
p = Preprocessor()
rf = RandomForestClassifier().fit(p.fit_transform(tr), ytr)
print(rf.score(p.transform(te), yte))
