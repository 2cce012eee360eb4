# expect: L101@24
import pandas as pd
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
class Base:
    def __init__(self, cfg):
        self.cfg = cfg
        self.scaler = StandardScaler()
    def load(self):
        df = pd.read_csv(self.cfg["path"])
        return df
class Job(Base):
    def run(self):
        df = self.load()
        X = df.drop(columns=[self.cfg["target"]])
        y = df[self.cfg["target"]]
        X = self.scale(X)
        self.data = train_test_split(X, y, test_size=self.cfg["size"])
        model = self.fit()
        self.report(model)
    def scale(self, X):
        return self.scaler.fit_transform(X)
    def fit(self):
        X_train, X_test, y_train, y_test = self.data
        m = RandomForestClassifier()
        m.fit(X_train, y_train)
        return m
    def report(self, m):
        X_train, X_test, y_train, y_test = self.data
        print(accuracy_score(y_test, m.predict(X_test)))
if __name__ == "__main__":
    Job({"path": "a.csv", "target": "y", "size": 0.2}).run()
