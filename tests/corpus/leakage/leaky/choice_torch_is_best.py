# expect: L303@38
import copy, torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset
from sklearn.model_selection import train_test_split
import numpy as np
X = np.load("x.npy"); y = np.load("y.npy")
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)
train_dl = DataLoader(TensorDataset(torch.from_numpy(X_train).float(), torch.from_numpy(y_train)), batch_size=32)
test_dl = DataLoader(TensorDataset(torch.from_numpy(X_test).float(), torch.from_numpy(y_test)), batch_size=32)

class MLP(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d, 32), nn.ReLU(), nn.Linear(32, 2))
    def forward(self, x):
        return self.net(x)

def run_epoch(model, loader, optimizer=None):
    losses, preds, labels = [], [], []
    for xb, yb in loader:
        out = model(xb)
        loss = nn.functional.cross_entropy(out, yb)
        if optimizer is not None:
            optimizer.zero_grad(); loss.backward(); optimizer.step()
        losses.append(loss.item())
        preds.append(out.argmax(1)); labels.append(yb)
    acc = (torch.cat(preds) == torch.cat(labels)).float().mean().item()
    return sum(losses) / len(losses), acc

model = MLP(X.shape[1])
opt = torch.optim.Adam(model.parameters())
best_loss = float("inf")
best_state = None
for epoch in range(50):
    train_loss, train_acc = run_epoch(model, train_dl, opt)
    test_loss, test_acc = run_epoch(model, test_dl)
    if test_loss < best_loss:
        best_loss = test_loss
        best_state = copy.deepcopy(model.state_dict())
model.load_state_dict(best_state)
print("final", run_epoch(model, test_dl))
