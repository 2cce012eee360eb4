# expect: none
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score

df = pd.read_csv("stock.csv", parse_dates=["date"]).sort_values("date")
df["ret"] = df["close"].pct_change()
df["ma5"] = df["close"].rolling(5).mean()
df["target"] = (df["close"].shift(-1) > df["close"]).astype(int)
df = df.dropna()
split = int(len(df) * 0.75)
train, test = df.iloc[:split], df.iloc[split:]
cols = [c for c in df.columns if c not in ("date", "target")]
gb = GradientBoostingClassifier().fit(train[cols], train["target"])
print(roc_auc_score(test["target"], gb.predict_proba(test[cols])[:, 1]))
