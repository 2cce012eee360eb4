# expect: none
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

orders = pd.read_csv("orders.csv")
customers = pd.read_csv("customers.csv")
spent = orders.groupby("customer").agg(total=("price", "sum"), mean=("price", "mean"), n=("price", "size")).reset_index()
table = customers.merge(spent, on="customer", how="left").drop(columns=["customer"])
X, y = table.drop(columns=["left"]), table["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=3)
model = GradientBoostingClassifier().fit(X_train, y_train)
print(roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
