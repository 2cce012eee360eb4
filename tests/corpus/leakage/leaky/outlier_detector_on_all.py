# expect: L101@8
import pandas as pd
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

df = pd.read_csv("prices.csv")
inside = IsolationForest(contamination=0.05, random_state=0).fit_predict(df[["area", "rooms"]]) == 1
df = df[inside]
X_train, X_test, y_train, y_test = train_test_split(df[["area", "rooms"]], df["price"])
print(Ridge().fit(X_train, y_train).score(X_test, y_test))
