# expect: none
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.ensemble import RandomForestClassifier
df = pd.read_csv("a.csv")
X = df.drop(columns=["y"]); y = df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y)
m = RandomForestClassifier().fit(StandardScaler().fit(X_train).transform(X_train), y_train)
print(m.score(StandardScaler().fit(X_train).transform(X_test), y_test))
full = pd.concat([X_train, X_test])
sc = StandardScaler().fit(full)
final = RandomForestClassifier().fit(sc.transform(full), pd.concat([y_train, y_test]))
