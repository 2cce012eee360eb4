# expect: L104@7
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

df = pd.read_csv("d.csv")
df["a"] = df["a"].clip(upper=df["a"].quantile(0.99))
X = df[["a", "b"]]
y = df["y"]
X_train, X_test, y_train, y_test = train_test_split(X, y)
print(Ridge().fit(X_train, y_train).score(X_test, y_test))
