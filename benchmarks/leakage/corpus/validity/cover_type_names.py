"""Forest cover type with a small network."""
import numpy as np
import torch
from sklearn.datasets import fetch_covtype
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn


def to_tensor(X, y):
    return torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.long)


def accuracy(net, X, y):
    net.eval()
    with torch.no_grad():
        return (net(X).argmax(1) == y).float().mean().item()


X, y = fetch_covtype(return_X_y=True)
X_dev, X_test, y_dev, y_test = train_test_split(X, y - 1, test_size=0.2, random_state=0)
X_train, X_val, y_train, y_val = train_test_split(X_dev, y_dev, test_size=0.2, random_state=0)
scaler = StandardScaler().fit(X_train)
Xt, yt = to_tensor(scaler.transform(X_train), y_train)
Xv, yv = to_tensor(scaler.transform(X_val), y_val)
Xs, ys = to_tensor(scaler.transform(X_test), y_test)

net = nn.Sequential(nn.Linear(54, 128), nn.ReLU(), nn.Linear(128, 7))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(20):
    net.train()
    for idx in torch.randperm(len(Xt)).split(1024):
        opt.zero_grad()
        nn.functional.cross_entropy(net(Xt[idx]), yt[idx]).backward()
        opt.step()
    if epoch % 5 == 4:
        print(f"epoch {epoch + 1}: train accuracy {accuracy(net, Xt, yt):.4f}")

print(f"test accuracy: {accuracy(net, Xv, yv):.4f}")  # expect: L701
