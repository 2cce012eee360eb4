# expect: none
"""Batches that go to a device are no new tables."""

import torch
from nets import Net, batches_of, settings

device = settings("device")
net = Net().to(device)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(3):
    for data, target in batches_of("train"):
        data = data.to(device)
        loss = torch.nn.functional.cross_entropy(net(data), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
right = 0
for data, target in batches_of("test"):
    data = data.to(device)
    right += (net(data).argmax(1) == target).sum().item()
print("test accuracy", right)
