# expect: none
"""Coral cover from sensor profiles; the Dataset is told which mean and deviation to use."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Profiles(Dataset):
    def __init__(self, x, y, mean=None, std=None):
        self.mean = x.mean(axis=0) if mean is None else mean
        self.std = x.std(axis=0) + 1e-6 if std is None else std
        self.x = torch.tensor((x - self.mean) / self.std, dtype=torch.float32)
        self.y = torch.tensor(y, dtype=torch.float32)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


def main():
    torch.manual_seed(0)
    pack = np.load("reef.npz")
    x, y = pack["profiles"], pack["cover"]
    print("profiles:", x.shape, "mean of all:", x.mean().round(3))

    order = np.random.default_rng(0).permutation(len(y))
    a, b = order[: 4 * len(y) // 5], order[4 * len(y) // 5:]
    train = Profiles(x[a], y[a])
    test = Profiles(x[b], y[b], mean=train.mean, std=train.std)

    net = nn.Sequential(nn.Linear(x.shape[1], 64), nn.ReLU(), nn.Linear(64, 1), nn.Sigmoid())
    opt = torch.optim.Adam(net.parameters(), lr=1e-3)
    for _ in range(60):
        for xb, yb in DataLoader(train, batch_size=64, shuffle=True):
            opt.zero_grad()
            nn.functional.binary_cross_entropy(net(xb).squeeze(1), yb).backward()
            opt.step()
    with torch.no_grad():
        error = (net(test.x).squeeze(1) - test.y).abs().mean().item()
    print(f"mean absolute error {error:.4f}")


main()
