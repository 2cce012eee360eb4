# expect: L106@9
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

loans = pd.read_csv("loans.csv")
counts = pd.crosstab(loans["grade"], loans["default"])
woe = np.log((counts[1] / counts[1].sum()) / (counts[0] / counts[0].sum()))
loans["grade_woe"] = loans["grade"].map(woe)
features = loans.drop(columns=["default", "grade"])
xa, xb, ya, yb = train_test_split(features, loans["default"], test_size=0.3)
scorecard = LogisticRegression(max_iter=500)
scorecard.fit(xa, ya)
print("AUC", roc_auc_score(yb, scorecard.predict_proba(xb)[:, 1]))
