# expect: none
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("d.csv")
X, y = df[["a", "b"]], df["y"]
# explore with everything scaled
explored = StandardScaler().fit_transform(X)
print(explored.mean(axis=0), explored.std(axis=0))
# then start again from the raw data
X_train, X_test, y_train, y_test = train_test_split(X, y)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)
print(Ridge().fit(X_train, y_train).score(X_test, y_test))
