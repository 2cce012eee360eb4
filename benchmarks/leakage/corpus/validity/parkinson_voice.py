"""Parkinson's disease from voice recordings: about six recordings of every patient."""
import pandas as pd
from sklearn.metrics import accuracy_score, matthews_corrcoef
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

voice = pd.read_csv("parkinsons.data")
voice["patient"] = voice["name"].str.rsplit("_", n=1).str[0]
print(voice["patient"].nunique(), "patients,", len(voice), "recordings")
print(voice.groupby("patient").size().describe())

y = voice["status"]
X = voice.drop(columns=["name", "patient", "status"])

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=7)  # expect: L601

svm = make_pipeline(StandardScaler(), SVC(C=10, gamma=0.1))
svm.fit(X_train, y_train)
pred = svm.predict(X_test)
print("accuracy %.3f" % accuracy_score(y_test, pred))
print("MCC      %.3f" % matthews_corrcoef(y_test, pred))
print("support vectors", svm[-1].n_support_)
print("share of the sick in the test part: %.3f" % y_test.mean())
