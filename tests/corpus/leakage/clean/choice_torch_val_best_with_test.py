# expect: none
import copy, torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset, random_split
import numpy as np
ds = TensorDataset(torch.tensor(np.load("x.npy")), torch.tensor(np.load("y.npy")))
train_ds, val_ds, test_ds = random_split(ds, [700, 150, 150])
train_dl, val_dl, test_dl = DataLoader(train_ds), DataLoader(val_ds), DataLoader(test_ds)
model = nn.Sequential(nn.Linear(10, 2))
opt = torch.optim.Adam(model.parameters())
lossf = nn.CrossEntropyLoss()
def evaluate(model, dl):
    model.eval()
    correct = n = 0
    with torch.no_grad():
        for xb, yb in dl:
            correct += (model(xb).argmax(1) == yb).sum().item()
            n += yb.size(0)
    return correct / n
best_val, patience = 0, 0
for epoch in range(100):
    model.train()
    for xb, yb in train_dl:
        opt.zero_grad()
        loss = lossf(model(xb), yb)
        loss.backward()
        opt.step()
    va = evaluate(model, val_dl)
    if va > best_val:
        best_val, patience = va, 0
        best = copy.deepcopy(model.state_dict())
    else:
        patience += 1
        if patience > 5:
            break
model.load_state_dict(best)
print("test", evaluate(model, test_dl))
