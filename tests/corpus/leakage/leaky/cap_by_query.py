# expect: L104@7
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

df = pd.read_csv("prices.csv")
cap = df["area"].quantile(0.99)
df = df.query("area <= @cap and rooms > 0")
X_train, X_test, y_train, y_test = train_test_split(df[["area", "rooms"]], df["price"])
print(Ridge().fit(X_train, y_train).score(X_test, y_test))
