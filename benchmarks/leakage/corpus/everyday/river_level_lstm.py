"""River gauge, 6 hours ahead. Upstream gauges + rain radar."""
import argparse
import logging
import sys
from dataclasses import dataclass
from typing import List

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

log = logging.getLogger("gauge")
GAUGES = ["upper", "mill", "bridge"]
RAIN = ["rain_north", "rain_south"]


@dataclass
class Config:
    path: str
    target: str = "town"
    horizon: int = 6
    history: int = 48
    hidden: int = 64
    epochs: int = 20
    lr: float = 1e-3
    batch: int = 256
    first_test_day: str = "2019-01-01"


def read(config: Config) -> pd.DataFrame:
    df = pd.read_csv(config.path, parse_dates=["time"]).set_index("time").sort_index()
    df = df.resample("1h").mean()
    return df[GAUGES + RAIN + [config.target]]


def repair(df: pd.DataFrame) -> pd.DataFrame:
    """Sensors drop out quite often, mostly for a few hours."""
    df = df.copy()
    df[RAIN] = df[RAIN].fillna(0.0)
    for column in GAUGES:
        gaps = df[column].isna().sum()
        if gaps:
            log.info("%s: %d hours without data", column, gaps)
    df[GAUGES] = df[GAUGES].bfill()  # expect: L502
    return df.dropna()


def add_features(df: pd.DataFrame) -> pd.DataFrame:
    df = df.copy()
    for column in RAIN:
        df[f"{column}_24h"] = df[column].rolling(24).sum()
        df[f"{column}_72h"] = df[column].rolling(72).sum()
    for column in GAUGES:
        df[f"{column}_rise"] = df[column].diff(3)
    day = 2 * np.pi * df.index.dayofyear / 365.25
    df["season_sin"], df["season_cos"] = np.sin(day), np.cos(day)
    return df.dropna()


class Windows(Dataset):
    def __init__(self, x: np.ndarray, y: np.ndarray, history: int, horizon: int):
        self.x = torch.from_numpy(x.astype("float32"))
        self.y = torch.from_numpy(y.astype("float32"))
        self.history, self.horizon = history, horizon

    def __len__(self) -> int:
        return len(self.x) - self.history - self.horizon + 1

    def __getitem__(self, i: int):
        end = i + self.history
        return self.x[i:end], self.y[end + self.horizon - 1]


class GaugeNet(nn.Module):
    def __init__(self, n_in: int, hidden: int):
        super().__init__()
        self.rnn = nn.LSTM(n_in, hidden, num_layers=2, batch_first=True, dropout=0.1)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out, _ = self.rnn(x)
        return self.head(out[:, -1]).squeeze(-1)


def train(net: nn.Module, loader: DataLoader, config: Config) -> None:
    optimiser = torch.optim.Adam(net.parameters(), lr=config.lr)
    for epoch in range(config.epochs):
        net.train()
        total: List[float] = []
        for x, y in loader:
            loss = nn.functional.mse_loss(net(x), y)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total.append(loss.item())
        log.info("epoch %d mse %.5f", epoch, np.mean(total))


@torch.no_grad()
def predict(net: nn.Module, loader: DataLoader) -> np.ndarray:
    net.eval()
    return np.concatenate([net(x).numpy() for x, _ in loader])


def nash_sutcliffe(y: np.ndarray, p: np.ndarray) -> float:
    return 1 - float(((y - p) ** 2).sum() / ((y - y.mean()) ** 2).sum())


def main(config: Config) -> None:
    torch.manual_seed(0)
    df = add_features(repair(read(config)))
    past = df[df.index < config.first_test_day]
    future = df[df.index >= config.first_test_day]
    mean, sd = past.mean(), past.std()
    z_past, z_future = (past - mean) / sd, (future - mean) / sd
    y_mean, y_sd = mean[config.target], sd[config.target]
    args = (config.history, config.horizon)
    train_set = Windows(z_past.to_numpy(), z_past[config.target].to_numpy(), *args)
    test_set = Windows(z_future.to_numpy(), z_future[config.target].to_numpy(), *args)
    net = GaugeNet(z_past.shape[1], config.hidden)
    train(net, DataLoader(train_set, config.batch, shuffle=True), config)
    p = predict(net, DataLoader(test_set, 1024)) * y_sd + y_mean
    y = np.array([test_set[i][1].item() for i in range(len(test_set))]) * y_sd + y_mean
    log.info("test NSE %.3f, MAE %.1f cm", nash_sutcliffe(y, p), np.abs(y - p).mean())


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    cli = argparse.ArgumentParser()
    cli.add_argument("path")
    cli.add_argument("--horizon", type=int, default=6)
    cli.add_argument("--epochs", type=int, default=20)
    given = cli.parse_args(sys.argv[1:])
    main(Config(given.path, horizon=given.horizon, epochs=given.epochs))
