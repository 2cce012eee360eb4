# Titanic naive Bayes on binned columns
import pandas as pd
from sklearn.metrics import accuracy_score, cohen_kappa_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import CategoricalNB

AGE_EDGES = [-1, 12, 18, 30, 45, 60, 100]

passengers = pd.read_csv("titanic.csv")
print(passengers.groupby("Pclass")["Survived"].mean())
passengers["child"] = (passengers["Age"] < 12).astype(int)
passengers["age_bin"] = pd.cut(passengers["Age"].fillna(-0.5), bins=AGE_EDGES, labels=False)
passengers["fare_bin"] = pd.qcut(passengers["Fare"], q=5, labels=False, duplicates="drop")  # expect: L104|L101
passengers["sex"] = (passengers["Sex"] == "female").astype(int)
passengers["port"] = passengers["Embarked"].fillna("S").map({"S": 0, "C": 1, "Q": 2})
passengers["size"] = (passengers["SibSp"] + passengers["Parch"]).clip(upper=4)

cols = ["Pclass", "child", "age_bin", "fare_bin", "sex", "port", "size"]
learn, check = train_test_split(passengers[cols + ["Survived"]], test_size=0.25, random_state=1912)

nb = CategoricalNB(min_categories=8)
nb.fit(learn[cols], learn["Survived"])
said = nb.predict(check[cols])
print("accuracy:", round(accuracy_score(check["Survived"], said), 3))
print("kappa:   ", round(cohen_kappa_score(check["Survived"], said), 3))
