# expect: L402@17
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split


def load():
    orders = pd.read_csv("orders.csv")
    orders["is_late"] = (orders["days_taken"] > orders["days_promised"]).astype(int)
    return orders


def split(frame):
    target = frame["is_late"]
    features = frame.drop("is_late", axis=1)
    features = features.drop(columns=["order_id"])
    return train_test_split(features, target, test_size=0.25, random_state=3)


X_train, X_test, y_train, y_test = split(load())
model = LogisticRegression(max_iter=1000).fit(X_train, y_train)
print(classification_report(y_test, model.predict(X_test)))
