# expect: L101@17
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler


class Experiment:
    def __init__(self, path):
        self.table = pd.read_csv(path)

    @property
    def features(self):
        return self.prepare(self.table.drop(columns=["label"]))

    def prepare(self, table):
        return MinMaxScaler().fit_transform(table)


class Logged(Experiment):
    def __init__(self, path):
        super().__init__(path)
        self.log = []

    def run(self):
        a, b, c, d = train_test_split(self.features, self.table["label"])
        self.log.append(LogisticRegression().fit(a, c).score(b, d))
        return self.log[-1]


print(Logged("a.csv").run())
