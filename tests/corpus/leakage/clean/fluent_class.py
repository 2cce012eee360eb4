# expect: none
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.linear_model import LinearRegression
class Data:
    def __init__(self, path):
        self.df = pd.read_csv(path)
    def split(self):
        self.train, self.test = train_test_split(self.df, test_size=0.2)
        return self
    def scale(self, cols):
        self.scaler = StandardScaler()
        self.train[cols] = self.scaler.fit_transform(self.train[cols])
        self.test[cols] = self.scaler.transform(self.test[cols])
        return self
d = Data("a.csv").split().scale(["a", "b"])
m = LinearRegression().fit(d.train[["a", "b"]], d.train["y"])
print(m.score(d.test[["a", "b"]], d.test["y"]))
