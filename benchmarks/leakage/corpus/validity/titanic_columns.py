# expect: none
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

ship = pd.read_csv("titanic.csv")
y = ship.pop("Survived")
ship = ship.drop(columns=["PassengerId", "Name", "Ticket", "Cabin"])
ship["Sex"] = ship["Sex"].map({"male": 0, "female": 1})
ship["Embarked"] = ship["Embarked"].map({"S": 0, "C": 1, "Q": 2}).fillna(0)
ship["Age"] = ship["Age"].fillna(-1)
ship["Family"] = ship["SibSp"] + ship["Parch"] + 1
ship["Alone"] = (ship["Family"] == 1).astype(int)
X = ship.fillna(0)

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=100)

forest = RandomForestClassifier(n_estimators=100, max_depth=6, random_state=100)
forest.fit(X_train, y_train)
print("Accuracy:", accuracy_score(y_test, forest.predict(X_test)))

for name, weight in sorted(zip(X.columns, forest.feature_importances_), key=lambda t: -t[1]):
    print(f"{name:<10} {weight:.3f}")
