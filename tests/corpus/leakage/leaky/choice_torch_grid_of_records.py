# expect: L301@19
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision.datasets import MNIST
tr, te = DataLoader(MNIST(".", train=True)), DataLoader(MNIST(".", train=False))
def train(lr):
    net = nn.Sequential(nn.Linear(784, 10))
    opt = torch.optim.SGD(net.parameters(), lr=lr)
    for epoch in range(3):
        for x, y in tr:
            loss = nn.functional.cross_entropy(net(x), y)
            opt.zero_grad(); loss.backward(); opt.step()
    right = 0
    for x, y in te:
        right += (net(x).argmax(1) == y).sum().item()
    return right / 10000
runs = [{"lr": lr, "acc": train(lr)} for lr in [0.1, 0.01]]
best = max(runs, key=lambda r: r["acc"])
print(best["lr"], best["acc"])
