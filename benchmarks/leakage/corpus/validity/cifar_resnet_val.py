# expect: none
import copy

import torch
import torch.nn as nn
import torchvision
import torchvision.transforms as T
from torch.utils.data import DataLoader, random_split

device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
tf = T.Compose([T.ToTensor(), T.Normalize((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010))])

full = torchvision.datasets.CIFAR10("./data", train=True, download=True, transform=tf)
fit_set, val_set = random_split(full, [45000, 5000], generator=torch.Generator().manual_seed(0))
test_set = torchvision.datasets.CIFAR10("./data", train=False, download=True, transform=tf)
fit_loader = DataLoader(fit_set, batch_size=128, shuffle=True)
val_loader = DataLoader(val_set, batch_size=256)
test_loader = DataLoader(test_set, batch_size=256)

net = torchvision.models.resnet18(num_classes=10).to(device)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)


@torch.no_grad()
def evaluate(loader):
    net.eval()
    correct = total = 0
    for x, t in loader:
        correct += (net(x.to(device)).argmax(1).cpu() == t).sum().item()
        total += len(t)
    return correct / total


best, weights = 0.0, None
for epoch in range(60):
    net.train()
    for x, t in fit_loader:
        optimizer.zero_grad()
        criterion(net(x.to(device)), t.to(device)).backward()
        optimizer.step()
    acc = evaluate(val_loader)
    if acc > best:
        best, weights = acc, copy.deepcopy(net.state_dict())
        torch.save(weights, "best.pth")

net.load_state_dict(weights)
print(f"validation {best:.4f}  test {evaluate(test_loader):.4f}")
