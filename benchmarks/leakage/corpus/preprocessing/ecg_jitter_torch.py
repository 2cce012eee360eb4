# Heartbeats (one beat per person); every beat is added three more times with a little noise
import argparse

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split


def beats(path):
    raw = np.loadtxt(path, delimiter=",")
    return raw[:, :-1].astype("float32"), raw[:, -1].astype("int64")


def enlarge(x, y, copies, sigma, rng):
    y = np.tile(y, copies + 1)
    x = np.concatenate([x] + [x + rng.normal(0, sigma, x.shape) for _ in range(copies)])  # expect: L109|L203
    return x.astype("float32"), y


class Conv(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv1d(1, 16, 7, padding=3), nn.ReLU(), nn.MaxPool1d(4),
            nn.Conv1d(16, 32, 5, padding=2), nn.ReLU(), nn.AdaptiveAvgPool1d(1),
        )
        self.head = nn.Linear(32, classes)

    def forward(self, x):
        return self.head(self.body(x.unsqueeze(1)).squeeze(-1))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--csv", default="beats.csv")
    ap.add_argument("--sigma", type=float, default=0.02)
    args = ap.parse_args()
    torch.manual_seed(0)
    x, y = beats(args.csv)
    x, y = enlarge(x, y, 3, args.sigma, np.random.default_rng(0))
    data = TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
    n = int(0.8 * len(data))
    train_set, test_set = random_split(data, [n, len(data) - n])

    net = Conv(int(y.max()) + 1)
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    for _ in range(15):
        for xb, yb in DataLoader(train_set, batch_size=64, shuffle=True):
            opt.zero_grad()
            nn.functional.cross_entropy(net(xb), yb).backward()
            opt.step()
    net.eval()
    with torch.no_grad():
        hits = sum((net(xb).argmax(1) == yb).sum().item() for xb, yb in DataLoader(test_set, batch_size=256))
    print("accuracy", hits / len(test_set))


main()
