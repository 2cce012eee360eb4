# expect: L402@8
import numpy as np
import pandas as pd
from sklearn.linear_model import LassoCV
from sklearn.model_selection import cross_val_score

train = pd.read_csv("train.csv")
train["log_claim"] = np.log1p(train["claim"])
features = [c for c in train.columns if c not in ["id", "claim"]]
X = train[features].values
scores = cross_val_score(LassoCV(), X, train["claim"], cv=5)
print(scores.mean())
