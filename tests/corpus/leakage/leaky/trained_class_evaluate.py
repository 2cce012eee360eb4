# expect: L201@23
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split


class ChurnModel:
    def __init__(self, frame):
        self.X = frame.drop(columns=["churn"])
        self.y = frame["churn"]
        self.model = LGBMClassifier(n_estimators=400)

    def split(self):
        parts = train_test_split(self.X, self.y, test_size=0.25, stratify=self.y)
        self.X_train, self.X_test, self.y_train, self.y_test = parts

    def fit(self):
        self.model.fit(self.X_train, self.y_train)

    def evaluate(self):
        scores = self.model.predict_proba(self.X_train)[:, 1]
        return roc_auc_score(self.y_train, scores)


churn = ChurnModel(pd.read_parquet("churn.parquet"))
churn.split()
churn.fit()
print("AUC", churn.evaluate())
