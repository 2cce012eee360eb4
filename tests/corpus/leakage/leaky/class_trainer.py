# expect: L102@19 L101@20
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import PowerTransformer


class Trainer:
    def __init__(self, path):
        self.df = pd.read_csv(path)
        self.imputer = SimpleImputer(strategy="median")
        self.power = PowerTransformer()
        self.model = Ridge()

    def prepare(self):
        self.y = self.df.pop("price").values
        self.X = self.imputer.fit_transform(self.df)
        self.X = self.power.fit_transform(self.X)

    def run(self):
        self.prepare()
        self.X_train, self.X_test, self.y_train, self.y_test = train_test_split(self.X, self.y)
        self.model.fit(self.X_train, self.y_train)
        return self.evaluate()

    def evaluate(self):
        pred = self.model.predict(self.X_test)
        return mean_squared_error(self.y_test, pred) ** 0.5


trainer = Trainer("houses.csv")
print("RMSE", trainer.run())
