# expect: L601@13
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

scans = pd.read_csv("scans.csv")
print("patients:", scans["patient_id"].nunique(), "scans:", len(scans))
scans["scan_no"] = scans.groupby("patient_id").cumcount()

X = scans.drop(columns=["patient_id", "malignant"])
y = scans["malignant"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=0)
clf = RandomForestClassifier(n_estimators=300).fit(X_train, y_train)
print(roc_auc_score(y_test, clf.predict_proba(X_test)[:, 1]))
