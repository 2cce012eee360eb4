import pandas as pd
from catboost import CatBoostClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

CONFIG = {
    "orders": "orders.csv",
    "clicks": "clicks.csv",
    "seed": 21,
    "params": {"iterations": 400, "depth": 6, "learning_rate": 0.08, "verbose": 0},
}

orders = pd.read_csv(CONFIG["orders"])          # one row per order
clicks = pd.read_csv(CONFIG["clicks"])          # many clicks per order

# attach the page kind of every click: an order appears once for every click it has
table = orders.merge(clicks[["order_id", "page_kind"]], on="order_id", how="left")
table["page_kind"] = table["page_kind"].fillna("none")
table = table.drop(columns=["order_id"])

y = table["returned"]
X = table[["basket_value", "n_items", "discount", "country", "page_kind"]]

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=CONFIG["seed"])  # expect: L203|L601

model = CatBoostClassifier(**CONFIG["params"], cat_features=["country", "page_kind"])
model.fit(X_train, y_train)
print("AUC", roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
