# expect: none
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

events = pd.read_csv("events.csv")
users = events.groupby("user_id").agg(
    n=("event", "count"), spend=("amount", "sum"), last=("day", "max"), bought=("bought", "max")
).reset_index()
X = users[["n", "spend", "last"]]
y = users["bought"]
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=5)
clf = LogisticRegression().fit(X_train, y_train)
print(f1_score(y_test, clf.predict(X_test)))
