# expect: none
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error

df = pd.read_csv("rates.csv", parse_dates=["date"])
df = df.sort_values("date", ascending=False)
df["yesterday"] = df["rate"].shift(-1)
df["week_ago"] = df["rate"].shift(-7)
df = df.dropna().sort_values("date")
n = int(len(df) * 0.8)
X, y = df[["yesterday", "week_ago"]], df["rate"]
model = Ridge().fit(X[:n], y[:n])
print(mean_absolute_error(y[n:], model.predict(X[n:])))
