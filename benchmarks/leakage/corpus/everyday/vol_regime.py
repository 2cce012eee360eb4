"""20-day-ahead drawdown classifier for an equity index; transformer encoder and boosting."""
import argparse
import logging
import math

import numpy as np
import pandas as pd
import torch
import torch.nn as nn
from lightgbm import LGBMClassifier
from sklearn.metrics import average_precision_score, roc_auc_score
from torch.utils.data import DataLoader, TensorDataset

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger("regime")

HORIZON = 20
LOOKBACK = 60


def load_prices(path):
    px = pd.read_csv(path, parse_dates=["date"], index_col="date").sort_index()
    return px[["close", "vix", "us10y", "us2y", "credit"]].ffill().dropna()


def make_features(px):
    r = np.log(px["close"]).diff()
    f = pd.DataFrame(
        {
            "r1": r,
            "r5": r.rolling(5).sum(),
            "r20": r.rolling(20).sum(),
            "vol20": r.rolling(20).std() * np.sqrt(252),
            "vol60": r.rolling(60).std() * np.sqrt(252),
            "vix": px["vix"] / 100,
            "dvix": px["vix"].diff(5) / 100,
            "slope": px["us10y"] - px["us2y"],
            "credit": px["credit"].diff(10),
            "dist": px["close"] / px["close"].rolling(120).max() - 1,
        }
    )
    return f


def make_label(px, horizon, limit=-0.05):
    worst = px["close"][::-1].rolling(horizon).min()[::-1].shift(-1)
    label = (worst / px["close"] - 1 < limit).astype(float)
    label.iloc[-horizon:] = np.nan
    return label


class Encoder(nn.Module):
    def __init__(self, n_in, width=32, heads=4, layers=2):
        super().__init__()
        self.proj = nn.Linear(n_in, width)
        position = torch.arange(LOOKBACK).unsqueeze(1)
        div = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
        pe = torch.zeros(LOOKBACK, width)
        pe[:, 0::2], pe[:, 1::2] = torch.sin(position * div), torch.cos(position * div)
        self.register_buffer("pe", pe)
        layer = nn.TransformerEncoderLayer(width, heads, 64, 0.2, batch_first=True)
        self.body = nn.TransformerEncoder(layer, layers)
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        return self.head(self.body(self.proj(x) + self.pe).mean(1)).squeeze(1)


def windows(f, lookback):
    values = f.to_numpy(dtype="float32")
    return np.stack([values[i - lookback + 1 : i + 1] for i in range(lookback - 1, len(values))])


def train_encoder(x, y, epochs, lr=5e-4):
    net = Encoder(x.shape[2])
    opt = torch.optim.AdamW(net.parameters(), lr=lr, weight_decay=1e-2)
    loader = DataLoader(TensorDataset(torch.from_numpy(x), torch.from_numpy(y)), 64, shuffle=True)
    for epoch in range(epochs):
        net.train()
        for a, b in loader:
            loss = nn.functional.binary_cross_entropy_with_logits(net(a), b)
            opt.zero_grad()
            loss.backward()
            opt.step()
        logger.debug("epoch %d %.4f", epoch, loss.item())
    return net.eval()


def show(name, y, p):
    logger.info("%-8s auc %.3f ap %.3f (base %.3f)", name, roc_auc_score(y, p), average_precision_score(y, p), y.mean())


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("csv")
    ap.add_argument("--share", type=float, default=0.75)
    ap.add_argument("--epochs", type=int, default=15)
    args = ap.parse_args()
    torch.manual_seed(3)
    px = load_prices(args.csv)
    data = make_features(px)
    data["label"] = make_label(px, HORIZON)
    data = data.dropna()
    f, y = data.drop(columns="label"), data["label"].to_numpy(dtype="float32")

    x = windows(f, LOOKBACK)
    y = y[LOOKBACK - 1 :]
    n = int(args.share * len(x))
    x_train, x_test, y_train, y_test = x[:n], x[n:], y[:n], y[n:]  # expect: L503
    mean = x_train.mean(axis=(0, 1))
    sd = x_train.std(axis=(0, 1))
    x_train, x_test = (x_train - mean) / sd, (x_test - mean) / sd
    logger.info("%s / %s", x_train.shape, x_test.shape)

    net = train_encoder(x_train, y_train, args.epochs)
    with torch.no_grad():
        show("encoder", y_test, torch.sigmoid(net(torch.from_numpy(x_test))).numpy())
    gbm = LGBMClassifier(n_estimators=150, learning_rate=0.02, num_leaves=8, verbose=-1)
    gbm.fit(x_train[:, -1], y_train)
    show("gbm", y_test, gbm.predict_proba(x_test[:, -1])[:, 1])


if __name__ == "__main__":
    main()
