"""Urban sounds: CNN on mel spectrograms."""
import copy

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class EarlyStopper:
    def __init__(self, patience=5):
        self.patience, self.wait, self.best = patience, 0, np.inf
        self.weights = None

    def step(self, loss, model):
        if loss < self.best:
            self.best, self.wait = loss, 0
            self.weights = copy.deepcopy(model.state_dict())
        else:
            self.wait += 1
        return self.wait >= self.patience


def batches(folds, shuffle):
    x = np.concatenate([np.load(f"fold{f}_x.npy") for f in folds]).astype(np.float32)
    y = np.concatenate([np.load(f"fold{f}_y.npy") for f in folds])
    return DataLoader(TensorDataset(torch.from_numpy(x)[:, None], torch.from_numpy(y)), 64, shuffle=shuffle)


def run_epoch(model, loader, opt=None):
    model.train(opt is not None)
    total = correct = n = 0
    with torch.set_grad_enabled(opt is not None):
        for x, y in loader:
            z = model(x)
            loss = nn.functional.cross_entropy(z, y)
            if opt is not None:
                opt.zero_grad()
                loss.backward()
                opt.step()
            total += loss.item() * len(y)
            correct += (z.argmax(1) == y).sum().item()
            n += len(y)
    return total / n, correct / n


train_loader = batches(range(1, 10), True)
test_loader = batches([10], False)
model = nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(512, 10))
opt = torch.optim.Adam(model.parameters(), 1e-3)
stopper = EarlyStopper(patience=8)
for epoch in range(100):
    run_epoch(model, train_loader, opt)
    test_loss, _ = run_epoch(model, test_loader)
    if stopper.step(test_loss, model):  # expect: L302|L303
        break

model.load_state_dict(stopper.weights)
print("accuracy on fold 10: %.3f" % run_epoch(model, test_loader)[1])
