# expect: none
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import train_test_split

customers = pd.read_csv("customers.csv")
calls = pd.read_csv("calls.csv")
per_customer = calls.groupby("customer_id", as_index=False).agg({"duration": "sum", "complaint": "max"})
table = customers.merge(per_customer, on="customer_id", how="left").fillna(0)
X, y = table[["age", "tenure", "duration", "complaint"]], table["churned"]
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
model = GradientBoostingClassifier().fit(X_train, y_train)
print(model.score(X_test, y_test))
