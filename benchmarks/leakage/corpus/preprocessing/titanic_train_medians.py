# expect: none
# Titanic: fill from the training rows, then the same numbers for the held-out ones
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

data = pd.read_csv("train.csv", index_col="PassengerId")
data["Sex"] = (data["Sex"] == "female").astype(int)
data["Deck"] = data["Cabin"].str[0].fillna("U")
data["Embarked"] = data["Embarked"].fillna("S")
data = data.drop(columns=["Name", "Ticket", "Cabin"])
data = pd.get_dummies(data, columns=["Deck", "Embarked"])

y = data.pop("Survived")
X_tr, X_va, y_tr, y_va = train_test_split(data, y, test_size=0.2, random_state=1912)
X_tr, X_va = X_tr.copy(), X_va.copy()

for column in ["Age", "Fare"]:
    middle = X_tr[column].median()
    X_tr[column] = X_tr[column].fillna(middle)
    X_va[column] = X_va[column].fillna(middle)

class_age = X_tr.groupby("Pclass")["Age"].mean()
X_tr["age_vs_class"] = X_tr["Age"] - X_tr["Pclass"].map(class_age)
X_va["age_vs_class"] = X_va["Age"] - X_va["Pclass"].map(class_age)

lr = LogisticRegression(max_iter=3000)
lr.fit(X_tr, y_tr)
print("hold-out accuracy", accuracy_score(y_va, lr.predict(X_va)))
