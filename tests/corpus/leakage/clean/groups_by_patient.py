# expect: none
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

scans = pd.read_csv("scans.csv")
scans["scan_no"] = scans.groupby("patient_id").cumcount()
patients = scans["patient_id"].unique()
train_patients, test_patients = train_test_split(patients, test_size=0.2, random_state=0)
train = scans[scans["patient_id"].isin(train_patients)]
test = scans[scans["patient_id"].isin(test_patients)]
cols = [c for c in scans.columns if c not in ("patient_id", "malignant")]
clf = RandomForestClassifier().fit(train[cols], train["malignant"])
print(roc_auc_score(test["malignant"], clf.predict_proba(test[cols])[:, 1]))
