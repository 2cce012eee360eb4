# expect: none
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("telco_customers.csv")
df = df.drop(columns=["customerID"])

df["TotalCharges"] = pd.to_numeric(df["TotalCharges"], errors="coerce")
df = df.dropna(subset=["TotalCharges"])

y = (df["Churn"] == "Yes").astype(int)
X = pd.get_dummies(df.drop(columns=["Churn"]), drop_first=True)
X["charges_per_month"] = X["TotalCharges"] / (X["tenure"] + 1)

X_fit, X_out, y_fit, y_out = train_test_split(X, y, test_size=0.25, stratify=y, random_state=3)

clf = HistGradientBoostingClassifier(max_iter=200, learning_rate=0.05)
clf.fit(X_fit, y_fit)

# both numbers side by side: a big gap means the trees are too deep
p_fit = clf.predict(X_fit)
p_out = clf.predict(X_out)
print("train acc %.3f  f1 %.3f" % (accuracy_score(y_fit, p_fit), f1_score(y_fit, p_fit)))
print("test  acc %.3f  f1 %.3f" % (accuracy_score(y_out, p_out), f1_score(y_out, p_out)))
