# expect: L101@20
from dataclasses import dataclass

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.preprocessing import StandardScaler


@dataclass
class Config:
    path: str = "d.csv"
    target: str = "y"


def build(cfg: Config):
    df = pd.read_csv(cfg.path)
    features = df.drop(columns=[cfg.target])
    features = StandardScaler().fit_transform(features)
    return features, df[cfg.target].values


cfg = Config()
X, y = build(cfg)
sss = StratifiedShuffleSplit(n_splits=1, test_size=0.2)
train_index, test_index = next(sss.split(X, y))
lr = LogisticRegression()
lr.fit(X[train_index], y[train_index])
print(accuracy_score(y[test_index], lr.predict(X[test_index])))
