# expect: none
"""Can the network learn one batch by heart? If it cannot, something is wired wrongly."""

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

loader = DataLoader(datasets.CIFAR10("data", transform=transforms.ToTensor()), batch_size=16)
net = nn.Sequential(nn.Flatten(), nn.Linear(3072, 100), nn.ReLU(), nn.Linear(100, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()
x, y = next(iter(loader))

for step in range(300):
    optimizer.zero_grad()
    loss = criterion(net(x), y)
    loss.backward()
    optimizer.step()

fraction = (net(x).argmax(1) == y).float().mean().item()
print("learned by heart:", fraction)
