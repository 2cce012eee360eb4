# expect: none
"""Seizure detection, GRU over spectral features: every epoch is written down, the last one counts."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class SeizureGRU(nn.Module):
    def __init__(self, n_bands=24, hidden=64):
        super().__init__()
        self.gru = nn.GRU(n_bands, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 1)

    def forward(self, x):
        return self.out(self.gru(x)[1][-1]).squeeze(1)


def loader(path, shuffle=False):
    npz = np.load(path)
    data = TensorDataset(torch.tensor(npz["x"]).float(), torch.tensor(npz["y"]).float())
    return DataLoader(data, batch_size=64, shuffle=shuffle)


def accuracy(model, batches):
    model.eval()
    with torch.no_grad():
        hits = torch.cat([(model(x) > 0) == (y > 0.5) for x, y in batches])
    return hits.float().mean().item()


train_batches = loader("train_subjects.npz", shuffle=True)
test_batches = loader("test_subjects.npz")
model = SeizureGRU()
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(30):
    model.train()
    for x, y in train_batches:
        opt.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(model(x), y).backward()
        opt.step()
    torch.save(model.state_dict(), f"gru_{epoch:02d}.pt")
    print(epoch, "test accuracy", accuracy(model, test_batches))

print("after 30 epochs:", accuracy(model, test_batches))
