# expect: none
"""Return over the next 24 hours from hourly candles; the hours whose label reaches the test part are dropped."""
import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from scipy.stats import spearmanr

HORIZON = 24


def build(path):
    c = pd.read_csv(path, parse_dates=["open_time"], index_col="open_time").sort_index()
    logp = np.log(c["close"])
    out = pd.DataFrame(index=c.index)
    for w in (1, 4, 12, 24, 72):
        out[f"mom_{w}"] = logp.diff(w)
    out["vol_24"] = logp.diff().rolling(24).std()
    out["target"] = logp.shift(-HORIZON) - logp
    return out.dropna()


data = build("btc_1h.csv")
n = int(len(data) * 0.8)
train, test = data.iloc[:n - HORIZON], data.iloc[n:]
cols = [c for c in data.columns if c != "target"]

reg = LGBMRegressor(n_estimators=300, num_leaves=15, learning_rate=0.02, verbose=-1)
reg.fit(train[cols], train["target"])
ic = spearmanr(test["target"], reg.predict(test[cols])).statistic
print(f"information coefficient out of sample: {ic:.4f}")
