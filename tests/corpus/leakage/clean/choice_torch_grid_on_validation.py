# expect: none
import torch
from torch import nn
from torch.utils.data import DataLoader, random_split
from torchvision.datasets import MNIST
a, v = random_split(MNIST(".", train=True), [50000, 10000])
tr, va, te = DataLoader(a), DataLoader(v), DataLoader(MNIST(".", train=False))
def acc(net, loader):
    right = 0
    for x, y in loader:
        right += (net(x).argmax(1) == y).sum().item()
    return right / 10000
def train(lr):
    net = nn.Sequential(nn.Linear(784, 10))
    opt = torch.optim.SGD(net.parameters(), lr=lr)
    for epoch in range(3):
        for x, y in tr:
            loss = nn.functional.cross_entropy(net(x), y)
            opt.zero_grad(); loss.backward(); opt.step()
    return net
runs = []
for lr in [0.1, 0.01]:
    net = train(lr)
    runs.append({"net": net, "acc": acc(net, va)})
best = max(runs, key=lambda r: r["acc"])
print(acc(best["net"], te))
