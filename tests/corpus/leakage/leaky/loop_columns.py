# expect: L102@10
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import train_test_split
from sklearn.metrics import accuracy_score

df = pd.read_csv("t.csv")
for c in df.columns:
    if df[c].isnull().sum() > 0:
        df[c] = df[c].fillna(df[c].mean())
y = df["y"]
X = df.drop("y", axis=1)
Xa, Xb, ya, yb = train_test_split(X, y)
g = GradientBoostingClassifier()
g.fit(Xa, ya)
print(accuracy_score(yb, g.predict(Xb)))
