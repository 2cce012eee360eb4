import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, f1_score

df = pd.read_csv("telco_customers.csv")
df = df.drop(columns=["customerID"])

df["TotalCharges"] = pd.to_numeric(df["TotalCharges"], errors="coerce")
df = df.dropna(subset=["TotalCharges"])
df["SeniorCitizen"] = df["SeniorCitizen"].astype(int)

y = (df["Churn"] == "Yes").astype(int)
X = df.drop(columns=["Churn"])

cat_cols = X.select_dtypes("object").columns
X = pd.get_dummies(X, columns=cat_cols, drop_first=True)
X["charges_per_month"] = X["TotalCharges"] / (X["tenure"] + 1)

print("rows:", len(X), "features:", X.shape[1])
print("churn rate: %.3f" % y.mean())

rf = RandomForestClassifier(n_estimators=400, min_samples_leaf=2, n_jobs=-1, random_state=7)
rf.fit(X, y)

predictions = rf.predict(X)
print("Accuracy of our churn model:", accuracy_score(y, predictions))  # expect: L201

importance = pd.Series(rf.feature_importances_, index=X.columns).sort_values(ascending=False)
print(importance.head(10))
