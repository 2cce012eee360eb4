# expect: none
import pandas as pd
from catboost import CatBoostClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

orders = pd.read_csv("orders.csv")
clicks = pd.read_csv("clicks.csv")

# clicks are counted per order first, so that the table keeps one row per order
per_order = clicks.groupby("order_id").agg(n_clicks=("page_kind", "size"), n_kinds=("page_kind", "nunique"))
table = orders.merge(per_order, left_on="order_id", right_index=True, how="left", validate="one_to_one")
table[["n_clicks", "n_kinds"]] = table[["n_clicks", "n_kinds"]].fillna(0)
table = table.drop_duplicates(subset="order_id").drop(columns=["order_id"])

y = table["returned"]
X = table[["basket_value", "n_items", "discount", "country", "n_clicks", "n_kinds"]]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=21)

model = CatBoostClassifier(iterations=400, depth=6, learning_rate=0.08, verbose=0, cat_features=["country"])
model.fit(X_train, y_train)
print("AUC", roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
for name, weight in sorted(zip(X.columns, model.get_feature_importance()), key=lambda pair: -pair[1]):
    print(f"{name:<14} {weight:.1f}")
print("share of returned orders", y_test.mean())
