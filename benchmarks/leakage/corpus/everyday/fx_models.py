# expect: none
"""Walk-forward test of the direction models; costs included. Nothing is shuffled."""
import argparse
from dataclasses import dataclass
from typing import Iterator, List, Tuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


@dataclass
class Window:
    train: int = 6000
    test: int = 500
    horizon: int = 6

    def walk(self, n: int) -> Iterator[Tuple[np.ndarray, np.ndarray]]:
        start = 0
        while start + self.train + self.horizon + self.test <= n:
            a = np.arange(start, start + self.train)
            b = np.arange(start + self.train + self.horizon, start + self.train + self.horizon + self.test)
            yield a, b
            start += self.test


def read(path: str) -> pd.DataFrame:
    return pd.read_csv(path, parse_dates=["time"]).set_index("time").sort_index()


def features(df: pd.DataFrame) -> pd.DataFrame:
    out = pd.DataFrame(index=df.index)
    r = np.log(df["close"]).diff()
    for n in (1, 3, 6, 12, 24, 60):
        out[f"mom{n}"] = r.rolling(n).sum()
    for n in (12, 60, 240):
        out[f"vol{n}"] = r.rolling(n).std()
        out[f"pos{n}"] = df["close"] / df["close"].rolling(n).max() - 1
    out["gap"] = np.log(df["open"] / df["close"].shift(1))
    out["lag_range"] = ((df["high"] - df["low"]) / df["close"]).shift(1)
    out["hour"] = out.index.hour
    return out


def label(df: pd.DataFrame, horizon: int) -> pd.Series:
    future = np.log(df["close"].shift(-horizon) / df["close"])
    return future.rename("future")


def table(df: pd.DataFrame, horizon: int) -> Tuple[pd.DataFrame, pd.Series, pd.Series]:
    joined = features(df).join(label(df, horizon)).dropna()
    future = joined.pop("future")
    return joined, (future > 0).astype(int), future


def backtest(x, y, future, window: Window, model, cost=0.00005):
    proba = pd.Series(np.nan, index=x.index)
    for a, b in window.walk(len(x)):
        model.fit(x.iloc[a], y.iloc[a])
        proba.iloc[b] = model.predict_proba(x.iloc[b])[:, 1]
    done = proba.dropna()
    position = np.sign(done - 0.5)[:: window.horizon]
    pnl = position * future.loc[position.index] - cost * position.diff().abs().fillna(1)
    return done, pnl


def quick(x, y, horizon):
    cv = TimeSeriesSplit(n_splits=6, gap=horizon)
    scores: List[float] = []
    for a, b in cv.split(x):
        m = make_pipeline(StandardScaler(), LogisticRegression(C=0.05)).fit(x.iloc[a], y.iloc[a])
        scores.append(roc_auc_score(y.iloc[b], m.predict_proba(x.iloc[b])[:, 1]))
    return np.array(scores)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("csv")
    parser.add_argument("--horizon", type=int, default=6)
    args = parser.parse_args()
    df = read(args.csv)
    x, y, future = table(df, args.horizon)
    print("quick look", quick(x, y, args.horizon).round(3))
    window = Window(horizon=args.horizon)
    fig, ax = plt.subplots(figsize=(9, 4))
    for name, model in {
        "logit": make_pipeline(StandardScaler(), LogisticRegression(C=0.05)),
        "lgbm": LGBMClassifier(n_estimators=150, learning_rate=0.02, num_leaves=12, verbose=-1),
    }.items():
        proba, pnl = backtest(x, y, future, window, model)
        truth = y.loc[proba.index]
        print(name, "acc %.4f auc %.4f" % (accuracy_score(truth, proba > 0.5), roc_auc_score(truth, proba)))
        print("  mean %.6f sharpe %.2f" % (pnl.mean(), pnl.mean() / pnl.std() * np.sqrt(252 * 6 / args.horizon)))
        pnl.cumsum().plot(ax=ax, label=name)
    ax.legend()
    fig.savefig("pnl.png")


if __name__ == "__main__":
    main()
