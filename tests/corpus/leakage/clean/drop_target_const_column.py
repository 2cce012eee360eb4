# expect: none
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

df = pd.read_csv("d.csv")
target = df.columns[-1]
X = df.drop(columns=[target])
y = df[target]
ignore = ["id"]
X = X[[c for c in X if c not in ignore]]
X_train, X_test, y_train, y_test = train_test_split(X, y)
print(RandomForestClassifier().fit(X_train, y_train).score(X_test, y_test))
