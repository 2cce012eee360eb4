import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

loans = pd.read_csv("applications.csv")
loans = loans.drop_duplicates()
loans = loans.dropna(subset=["income", "amount", "term", "defaulted"])
loans["burden"] = loans["amount"] / loans["income"]
loans = loans[loans["income"] > 0]

predictors = ["income", "amount", "term", "burden", "n_open_accounts"]
loans["n_open_accounts"] = loans["n_open_accounts"].fillna(0)

train_part = loans.sample(frac=0.8, random_state=1)
test_part = loans.sample(frac=0.2, random_state=2)  # expect: L202

lr = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced"))
lr.fit(train_part[predictors], train_part["defaulted"])

p = lr.predict_proba(test_part[predictors])[:, 1]
print("AUC:", round(roc_auc_score(test_part["defaulted"], p), 4))
print("share of defaults in the test part:", test_part["defaulted"].mean())
