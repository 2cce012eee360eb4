# expect: none
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score

h = 10
df = pd.read_csv("fx.csv")
df["fwd"] = df["mid"].pct_change(h).shift(-h)
df["up"] = (df["fwd"] > 0).astype(int)
df = df.dropna(subset=["fwd"])
cut = int(len(df) * 0.8)
train = df.iloc[: cut - h]
test = df.iloc[cut:]
clf = LogisticRegression().fit(train[["mid", "spread"]], train["up"])
print(accuracy_score(test["up"], clf.predict(test[["mid", "spread"]])))
