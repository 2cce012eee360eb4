# expect: L102@8
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

passengers = pd.read_csv("passengers.csv")
passengers["age"] = passengers["age"].fillna(passengers.groupby(["deck", "sex"])["age"].transform("median"))
features = passengers[["age", "fare", "deck"]]
a, b, c, d = train_test_split(features, passengers["survived"], stratify=passengers["survived"])
forest = RandomForestClassifier(n_estimators=50).fit(a, c)
print(f1_score(d, forest.predict(b)))
