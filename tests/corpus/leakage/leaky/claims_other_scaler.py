# expect: L701@13
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import MinMaxScaler, StandardScaler

df = pd.read_csv("glass.csv")
train, test = train_test_split(df, test_size=0.2, random_state=0)
columns = ["ri", "na", "mg"]
standard, unit = StandardScaler().fit(train[columns]), MinMaxScaler().fit(train[columns])
knn = KNeighborsClassifier().fit(standard.transform(train[columns]), train["type"])
guess = knn.predict(unit.transform(test[columns]))
print(accuracy_score(test["type"], guess))
