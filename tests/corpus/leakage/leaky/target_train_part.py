# expect: L401@10
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

df = pd.read_csv("d.csv")
train, test = train_test_split(df)
clf = RandomForestClassifier()
clf.fit(train, train["y"])
print(accuracy_score(test["y"], clf.predict(test)))
