# expect: none
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

telco = pd.read_csv("telco.csv")
telco = telco.drop_duplicates(subset="customerID")
X = pd.get_dummies(telco.drop(columns=["customerID", "Churn"]))
y = (telco["Churn"] == "Yes").astype(int)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
gb = GradientBoostingClassifier().fit(X_train, y_train)
print(accuracy_score(y_test, gb.predict(X_test)))
