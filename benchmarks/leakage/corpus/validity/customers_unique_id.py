# expect: none
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

# one row per customer: the orders are summed up first
orders = pd.read_csv("orders.csv")
customers = orders.groupby("customer_id").agg(
    n_orders=("order_id", "nunique"),
    spent=("value", "sum"),
    largest=("value", "max"),
    n_categories=("category", "nunique"),
)
survey = pd.read_csv("survey.csv").drop_duplicates("customer_id").set_index("customer_id")
customers = customers.join(survey[["satisfied"]], how="inner").reset_index()
assert customers["customer_id"].is_unique

y = customers["satisfied"]
X = customers.drop(columns=["customer_id", "satisfied"])
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=14)

gb = GradientBoostingClassifier(n_estimators=150, max_depth=3)
gb.fit(X_train, y_train)
print("AUC", roc_auc_score(y_test, gb.predict_proba(X_test)[:, 1]))
