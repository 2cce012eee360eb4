# expect: none
import copy
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Subset
from torchvision import datasets, transforms

dev = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
EPOCHS = 20
tf_aug = transforms.Compose([transforms.RandomHorizontalFlip(), transforms.ToTensor(), transforms.Normalize((0.286,), (0.353,))])
tf = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.286,), (0.353,))])

base_aug = datasets.FashionMNIST("data", train=True, download=True, transform=tf_aug)
base = datasets.FashionMNIST("data", train=True, download=True, transform=tf)
perm = torch.randperm(len(base), generator=torch.Generator().manual_seed(0)).tolist()
fit_dl = DataLoader(Subset(base_aug, perm[:54000]), 128, shuffle=True)
dev_dl = DataLoader(Subset(base, perm[54000:]), 512)
test_dl = DataLoader(datasets.FashionMNIST("data", train=False, download=True, transform=tf), 512)

net = nn.Sequential(
    nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(32, 64, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(4),
    nn.Flatten(), nn.Linear(64 * 16, 128), nn.ReLU(), nn.Linear(128, 10),
).to(dev)


def score(model, dl):
    model.eval()
    good = n = 0
    with torch.no_grad():
        for xb, yb in dl:
            good += (model(xb.to(dev)).argmax(1).cpu() == yb).sum().item()
            n += len(yb)
    return good / n


opt = torch.optim.AdamW(net.parameters(), 1e-3)
crit = nn.CrossEntropyLoss()
best, keep = 0.0, None
for e in range(EPOCHS):
    net.train()
    for xb, yb in fit_dl:
        opt.zero_grad()
        l = crit(net(xb.to(dev)), yb.to(dev))
        l.backward()
        opt.step()
    acc = score(net, dev_dl)
    print(e, round(acc, 4))
    if acc > best:
        best, keep = acc, copy.deepcopy(net.state_dict())

net.load_state_dict(keep)
print("test accuracy", score(net, test_dl))
torch.save(keep, "fashion.pt")
