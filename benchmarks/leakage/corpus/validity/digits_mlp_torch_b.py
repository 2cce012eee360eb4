# expect: none
import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

tf = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
train_ds = datasets.MNIST("data", train=True, download=True, transform=tf)
test_ds = datasets.MNIST("data", train=False, download=True, transform=tf)
train_dl = DataLoader(train_ds, batch_size=128, shuffle=True)
test_dl = DataLoader(test_ds, batch_size=512)

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
loss_fn = nn.CrossEntropyLoss()


def accuracy(dl):
    net.eval()
    hits = total = 0
    with torch.no_grad():
        for xb, yb in dl:
            hits += (net(xb).argmax(1) == yb).sum().item()
            total += len(yb)
    return hits / total


train_acc, test_acc = [], []
for epoch in range(8):
    net.train()
    for xb, yb in train_dl:
        opt.zero_grad()
        loss_fn(net(xb), yb).backward()
        opt.step()
    train_acc.append(accuracy(train_dl))
    test_acc.append(accuracy(test_dl))
    print(f"{epoch}: train {train_acc[-1]:.4f} test {test_acc[-1]:.4f}")

torch.save(net.state_dict(), "mnist_last.pt")
print("test accuracy after the last epoch:", test_acc[-1])
