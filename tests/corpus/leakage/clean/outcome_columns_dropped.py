# expect: none
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split

orders = pd.read_csv("orders.csv")
orders["is_late"] = (orders["delivered"] > orders["promised"]).astype(int)
orders["days"] = orders["promised"] - orders["ordered"]
X = orders.drop(columns=["is_late", "delivered", "order_id"])
y = orders["is_late"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25)
model = LogisticRegression(max_iter=1000).fit(X_train, y_train)
print(classification_report(y_test, model.predict(X_test)))
