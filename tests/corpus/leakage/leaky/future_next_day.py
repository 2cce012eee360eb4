# expect: L502@9
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score

df = pd.read_csv("stock.csv", parse_dates=["date"]).sort_values("date")
df["ret"] = df["close"].pct_change()
df["target"] = (df["close"].shift(-1) > df["close"]).astype(int)
df["next_open"] = df["open"].shift(-1)
df = df.dropna()

split = int(len(df) * 0.75)
train, test = df.iloc[:split], df.iloc[split:]
cols = ["ret", "volume", "next_open"]
gb = GradientBoostingClassifier().fit(train[cols], train["target"])
print(roc_auc_score(test["target"], gb.predict_proba(test[cols])[:, 1]))
