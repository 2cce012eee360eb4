"""Wine quality with a trainer class that is run at import."""
import logging

import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import RobustScaler

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("wine")


class Config:
    path = "winequality.csv"
    sep = ";"
    target = "quality"
    seed = 1


class Trainer:
    """Loads, prepares, trains and scores."""

    def __init__(self, config=Config):
        self.config = config
        self.scaler = RobustScaler()
        self.model = ExtraTreesClassifier(n_estimators=400, random_state=config.seed)

    def load(self):
        self.df = pd.read_csv(self.config.path, sep=self.config.sep)
        self.df["good"] = (self.df[self.config.target] >= 7).astype(int)

    def engineer(self):
        self.df["acid_ratio"] = self.df["fixed acidity"] / self.df["volatile acidity"]
        self.df["free_share"] = self.df["free sulfur dioxide"] / self.df["total sulfur dioxide"]

    def split(self):
        X = self.df.drop(columns=["good", self.config.target])
        y = self.df["good"]
        self.X_train, self.X_test, self.y_train, self.y_test = train_test_split(
            X, y, stratify=y, random_state=self.config.seed
        )

    def scale(self):
        self.X_train = self.scaler.fit_transform(self.X_train)
        self.X_test = self.scaler.transform(self.X_test)

    def fit(self):
        self.model.fit(self.X_train, self.y_train)

    def score(self):
        predicted = self.model.predict(self.X_test)
        self.f1 = f1_score(self.y_test, predicted)
        log.info("f1=%.4f n=%d", self.f1, len(self.y_test))
        return self.f1

    def run(self):
        self.load()
        self.engineer()
        self.split()
        self.scale()
        self.fit()
        return self.score()


Trainer().run()
