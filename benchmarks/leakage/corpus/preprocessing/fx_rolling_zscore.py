# expect: none
# Tomorrow's sign of the EUR/CHF return from rolling z-scores; the years 2019-2022 are judged
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score

fx = pd.read_csv("eurchf.csv", parse_dates=["date"], index_col="date").sort_index()
ret = np.log(fx["close"]).diff()

feats = pd.DataFrame(index=fx.index)
for n in (10, 20, 60):
    feats[f"z{n}"] = (ret - ret.rolling(n).mean()) / ret.rolling(n).std()
    feats[f"range{n}"] = (fx["high"].rolling(n).max() - fx["low"].rolling(n).min()) / fx["close"]
feats["ewm"] = ret.ewm(span=15).mean() / ret.ewm(span=60).std()

up_tomorrow = (ret.shift(-1) > 0).astype(int)
known = feats.notna().all(axis=1)
known.iloc[-1] = False
feats, up_tomorrow = feats[known], up_tomorrow[known]

before = feats.index < "2018-12-28"
after = feats.index >= "2019-01-01"

logit = LogisticRegression(C=0.5).fit(feats[before], up_tomorrow[before])
hit = accuracy_score(up_tomorrow[after], logit.predict(feats[after]))
always = up_tomorrow[after].mean()
print(f"hit rate {hit:.3f}, always up {always:.3f}, days {after.sum()}")
