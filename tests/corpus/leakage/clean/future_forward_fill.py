# expect: none
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error

quotes = pd.read_csv("quotes.csv", parse_dates=["time"])
trades = pd.read_csv("trades.csv", parse_dates=["time"])
df = pd.merge_asof(trades.sort_values("time"), quotes.sort_values("time"), on="time", direction="backward")
df = df.ffill().dropna()
df["spread"] = df["ask"] - df["bid"]
cut = int(len(df) * 0.7)
X, y = df[["spread", "size"]], df["price"]
lr = LinearRegression().fit(X.iloc[:cut], y.iloc[:cut])
print(mean_absolute_error(y.iloc[cut:], lr.predict(X.iloc[cut:])))
