# expect: L402@8
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.metrics import accuracy_score
from sklearn.tree import DecisionTreeClassifier
customers = pd.read_csv("customers.csv")
customers["churned"] = customers["days_inactive"].apply(lambda d: 1 if d > 90 else 0)
X = customers[["tenure", "spend", "days_inactive"]]
y = customers["churned"]
a, b, c, d = train_test_split(X, y, test_size=0.2)
tree = DecisionTreeClassifier().fit(a, c)
print(accuracy_score(d, tree.predict(b)))
