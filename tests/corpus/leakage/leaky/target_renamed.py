# expect: L401@7
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
df = pd.read_csv("a.csv")
df["target"] = df["price"]
X = df.drop("target", axis=1)
y = df["target"]
a, b, c, d = train_test_split(X, y)
print(LinearRegression().fit(a, c).score(b, d))
