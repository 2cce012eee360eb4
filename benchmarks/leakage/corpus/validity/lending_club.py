"""Which loans are charged off? Lending Club sample, gradient boosting."""
import lightgbm as lgb
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

APPLICATION = ["loan_amnt", "term", "int_rate", "grade", "emp_length", "home_ownership", "annual_inc", "dti", "purpose"]
PAYMENTS = ["total_rec_prncp", "recoveries", "collection_recovery_fee", "last_pymnt_amnt"]


def read():
    loans = pd.read_csv("lending_club.csv", usecols=APPLICATION + PAYMENTS + ["loan_status"])
    loans = loans[loans["loan_status"].isin(["Fully Paid", "Charged Off"])]
    loans["int_rate"] = loans["int_rate"].str.rstrip("%").astype(float)
    for col in ("term", "grade", "emp_length", "home_ownership", "purpose"):
        loans[col] = loans[col].astype("category")
    return loans.drop_duplicates()


loans = read()
bad = (loans["loan_status"] == "Charged Off").astype(int)
inputs = loans[APPLICATION + PAYMENTS]  # expect: L402

in_tr, in_te, bad_tr, bad_te = train_test_split(inputs, bad, test_size=0.25, stratify=bad, random_state=2)
model = lgb.LGBMClassifier(n_estimators=300, learning_rate=0.05, verbose=-1)
model.fit(in_tr, bad_tr)
print("AUC %.3f" % roc_auc_score(bad_te, model.predict_proba(in_te)[:, 1]))
