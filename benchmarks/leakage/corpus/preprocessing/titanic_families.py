# Titanic, version 4 (with family sizes)
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

data = pd.read_csv("../input/titanic/train.csv")

data["Title"] = data["Name"].str.extract(r" ([A-Za-z]+)\.", expand=False)
data["Title"] = data["Title"].replace(["Mlle", "Ms"], "Miss").replace("Mme", "Mrs")
data["FamilySize"] = data["SibSp"] + data["Parch"] + 1
data["IsAlone"] = (data["FamilySize"] == 1).astype(int)

data["Age"] = data["Age"].fillna(data["Age"].median())  # expect: L102
data["Embarked"] = data["Embarked"].fillna(data["Embarked"].mode()[0])  # expect: L102
data["HasCabin"] = data["Cabin"].notna().astype(int)

data["Sex"] = data["Sex"].map({"male": 0, "female": 1})
features = pd.get_dummies(
    data[["Pclass", "Sex", "Age", "Fare", "Embarked", "FamilySize", "IsAlone", "HasCabin"]]
)
survived = data["Survived"]

train_X, val_X, train_y, val_y = train_test_split(features, survived, test_size=0.2, random_state=0)

rf = RandomForestClassifier(n_estimators=500, max_depth=6, random_state=0)
rf.fit(train_X, train_y)
print("validation accuracy:", accuracy_score(val_y, rf.predict(val_X)))
