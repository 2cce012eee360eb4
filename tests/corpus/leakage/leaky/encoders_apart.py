# expect: L110@11
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder

df = pd.read_csv("cars.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns=["sold"]), df["sold"])
for column in ["maker", "fuel"]:
    X_train[column] = LabelEncoder().fit_transform(X_train[column])
    X_test[column] = LabelEncoder().fit_transform(X_test[column])
forest = RandomForestClassifier().fit(X_train, y_train)
print(forest.score(X_test, y_test))
