# expect: none
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

loans = pd.read_csv("applications.csv")
loans = loans.drop_duplicates().reset_index(drop=True)
loans = loans.dropna(subset=["income", "amount", "term", "defaulted"])
loans["burden"] = loans["amount"] / loans["income"].clip(lower=1)
predictors = ["income", "amount", "term", "burden"]

train_part = loans.sample(frac=0.8, random_state=1)
rest = loans.drop(train_part.index)
dev_part = rest.sample(frac=0.5, random_state=2)
test_part = rest.drop(dev_part.index)

best = (0.0, None)
for C in [0.01, 0.1, 1, 10]:
    lr = make_pipeline(StandardScaler(), LogisticRegression(C=C))
    lr.fit(train_part[predictors], train_part["defaulted"])
    auc = roc_auc_score(dev_part["defaulted"], lr.predict_proba(dev_part[predictors])[:, 1])
    if auc > best[0]:
        best = (auc, lr)

p = best[1].predict_proba(test_part[predictors])[:, 1]
print("AUC:", round(roc_auc_score(test_part["defaulted"], p), 4))
