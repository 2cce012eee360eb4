"""Return over the next 24 hours from hourly candles."""
import argparse

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
    out["volume_z"] = c["volume"] / c["volume"].rolling(168).mean()
    out["target"] = logp.shift(-HORIZON) - logp
    return out.dropna()


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("csv", nargs="?", default="btc_1h.csv")
    ap.add_argument("--share", type=float, default=0.8)
    args = ap.parse_args()

    data = build(args.csv)
    n = int(len(data) * args.share)
    train, test = data.iloc[:n], data.iloc[n:]  # expect: L503
    cols = [c for c in data.columns if c != "target"]

    reg = LGBMRegressor(n_estimators=300, num_leaves=15, learning_rate=0.02, verbose=-1)
    reg.fit(train[cols], train["target"])
    ic = spearmanr(test["target"], reg.predict(test[cols])).statistic
    print(f"information coefficient out of sample: {ic:.4f}")


if __name__ == "__main__":
    main()
