"""Direction of EUR/USD, 4h candles, several classifiers."""
import argparse
import logging
import os

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, matthews_corrcoef, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

log = logging.getLogger("fx")


def candles(path):
    df = pd.read_csv(path, sep=";", names=["time", "open", "high", "low", "close", "volume"], skiprows=1)
    df["time"] = pd.to_datetime(df["time"], format="%Y%m%d %H%M%S")
    df = df.set_index("time").sort_index()
    rule = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    return df.resample("4h").agg(rule).dropna()


def rsi(close, n=14):
    move = close.diff()
    up = move.clip(lower=0).ewm(alpha=1 / n).mean()
    down = (-move.clip(upper=0)).ewm(alpha=1 / n).mean()
    return 100 - 100 / (1 + up / down)


def macd(close, fast=12, slow=26, sig=9):
    line = close.ewm(span=fast).mean() - close.ewm(span=slow).mean()
    return line, line.ewm(span=sig).mean()


def indicators(df):
    f = pd.DataFrame(index=df.index)
    f["rsi"] = rsi(df["close"])
    line, signal = macd(df["close"])
    f["macd"], f["macd_signal"] = line, signal
    for n in (1, 2, 3, 6, 12, 30):
        f[f"ret_{n}"] = np.log(df["close"]).diff(n)
    for n in (10, 20, 50):
        mean = df["close"].rolling(n).mean()
        sd = df["close"].rolling(n).std()
        f[f"z_{n}"] = (df["close"] - mean) / sd
    f["range"] = (df["high"] - df["low"]) / df["close"]
    f["body"] = (df["close"] - df["open"]) / (df["high"] - df["low"]).clip(lower=1e-6)
    f["volume_ratio"] = df["volume"] / df["volume"].rolling(30).mean()
    f["hour"] = df.index.hour
    return f


def build(df):
    f = indicators(df)
    f["up"] = (df["close"].shift(-1) > df["close"]).astype(int)
    return f.iloc[:-1].dropna()


def zoo(seed):
    return {
        "logit": make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500)),
        "forest": RandomForestClassifier(500, max_depth=6, n_jobs=-1, random_state=seed),
        "lgbm": LGBMClassifier(n_estimators=200, learning_rate=0.02, num_leaves=15, verbose=-1, random_state=seed),
    }


def validate(data, model, n_splits, seed):
    x, y = data.drop(columns="up").to_numpy(), data["up"].to_numpy()
    out = []
    folds = StratifiedKFold(n_splits=n_splits, shuffle=True, random_state=seed)  # expect: L501
    for i, (a, b) in enumerate(folds.split(x, y)):
        model.fit(x[a], y[a])
        p = model.predict_proba(x[b])[:, 1]
        out.append((accuracy_score(y[b], p > 0.5), roc_auc_score(y[b], p), matthews_corrcoef(y[b], p > 0.5)))
        log.debug("fold %d %s", i, out[-1])
    return np.mean(out, axis=0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("csv")
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    logging.basicConfig(level=os.environ.get("LOGLEVEL", "INFO"))
    data = build(candles(args.csv))
    log.info("%s .. %s, %d rows, up %.3f", data.index[0], data.index[-1], len(data), data["up"].mean())
    for name, model in zoo(args.seed).items():
        log.info("%-7s acc %.4f auc %.4f mcc %.4f", name, *validate(data, model, args.splits, args.seed))


if __name__ == "__main__":
    main()
