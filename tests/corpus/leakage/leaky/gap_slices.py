# expect: L503@10
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score

df = pd.read_csv("fx.csv")
df["fwd"] = df["mid"].pct_change(10).shift(-10)
df["up"] = (df["fwd"] > 0).astype(int)
df = df.dropna(subset=["fwd"])
train = df.iloc[:8000]
test = df.iloc[8000:]
clf = LogisticRegression().fit(train[["mid", "spread"]], train["up"])
print(accuracy_score(test["up"], clf.predict(test[["mid", "spread"]])))
