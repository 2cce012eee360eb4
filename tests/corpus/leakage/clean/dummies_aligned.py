# expect: none
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("cars.csv")
X_train, X_test, y_train, y_test = train_test_split(df.drop(columns=["sold"]), df["sold"])
X_train = pd.get_dummies(X_train)
X_test = pd.get_dummies(X_test).reindex(columns=X_train.columns, fill_value=0)
forest = RandomForestClassifier().fit(X_train, y_train)
print(forest.score(X_test, y_test))
