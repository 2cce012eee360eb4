# expect: none
import pandas as pd
from sklearn.linear_model import LogisticRegression

prices = pd.read_csv("prices.csv", parse_dates=["day"], index_col="day")
window = prices["close"].rolling(20)
prices["z"] = (prices["close"] - window.mean()) / window.std()
prices["momentum"] = prices["close"] / prices["close"].shift(5) - 1
prices["up"] = (prices["close"].shift(-1) > prices["close"]).astype(int)
prices = prices.dropna().iloc[:-1]
cut = int(len(prices) * 0.7)
past, later = prices.iloc[:cut], prices.iloc[cut:]
model = LogisticRegression().fit(past[["z", "momentum"]], past["up"])
print(model.score(later[["z", "momentum"]], later["up"]))
