# expect: none
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

to_tensor = transforms.ToTensor()
images = DataLoader(datasets.KMNIST("data", train=True, transform=to_tensor), batch_size=64, shuffle=True)
unseen = DataLoader(datasets.KMNIST("data", train=False, transform=to_tensor), batch_size=256)
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
optimizer = torch.optim.Adam(net.parameters())
criterion = nn.CrossEntropyLoss()


def accuracy(loader):
    right, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            right += (net(x).argmax(1) == y).sum().item()
            count += len(y)
    return right / count


for epoch in range(3):
    right = 0
    for x, y in images:
        optimizer.zero_grad()
        out = net(x)
        loss = criterion(out, y)
        loss.backward()
        optimizer.step()
        right += (out.argmax(1) == y).sum().item()
    print(epoch, loss.item(), right)

print(accuracy(images))
print(accuracy(unseen))
