import os
import argparse
import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision
import torchvision.transforms as T

parser = argparse.ArgumentParser(description="CIFAR10 training")
parser.add_argument("--lr", default=0.1, type=float)
parser.add_argument("--epochs", default=60, type=int)
parser.add_argument("--resume", action="store_true")
device = "cuda" if torch.cuda.is_available() else "cpu"

mean, std = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)


class Net(nn.Module):
    def __init__(self, width=64, n=10):
        super().__init__()
        self.c1 = nn.Conv2d(3, width, 3, padding=1, bias=False)
        self.b1 = nn.BatchNorm2d(width)
        self.c2 = nn.Conv2d(width, width * 2, 3, stride=2, padding=1, bias=False)
        self.b2 = nn.BatchNorm2d(width * 2)
        self.fc = nn.Linear(width * 2, n)

    def forward(self, x):
        x = F.relu(self.b1(self.c1(x)))
        x = F.relu(self.b2(self.c2(x)))
        return self.fc(x.mean((2, 3)))


class Runner:
    def __init__(self, args):
        aug = T.Compose([T.RandomCrop(32, padding=4), T.RandomHorizontalFlip(), T.ToTensor(), T.Normalize(mean, std)])
        plain = T.Compose([T.ToTensor(), T.Normalize(mean, std)])
        a = torchvision.datasets.CIFAR10("./data", train=True, download=True, transform=aug)
        b = torchvision.datasets.CIFAR10("./data", train=False, download=True, transform=plain)
        self.loader = torch.utils.data.DataLoader(a, batch_size=128, shuffle=True, num_workers=4)
        self.eval_loader = torch.utils.data.DataLoader(b, batch_size=256, num_workers=4)
        self.net = Net().to(device)
        self.opt = torch.optim.SGD(self.net.parameters(), lr=args.lr, momentum=0.9, weight_decay=5e-4)
        self.sched = torch.optim.lr_scheduler.CosineAnnealingLR(self.opt, T_max=args.epochs)
        self.best = 0.0

    def fit_epoch(self):
        self.net.train()
        for x, y in self.loader:
            x, y = x.to(device), y.to(device)
            self.opt.zero_grad()
            loss = F.cross_entropy(self.net(x), y)
            loss.backward()
            self.opt.step()
        return loss.item()

    @torch.no_grad()
    def accuracy(self):
        self.net.eval()
        ok = tot = 0
        for x, y in self.eval_loader:
            x, y = x.to(device), y.to(device)
            ok += (self.net(x).argmax(1) == y).sum().item()
            tot += y.numel()
        return 100.0 * ok / tot

    def run(self, epochs):
        os.makedirs("ckpt", exist_ok=True)
        for ep in range(epochs):
            loss = self.fit_epoch()
            acc = self.accuracy()
            print(f"{ep:03d} loss {loss:.3f} acc {acc:.2f}")
            if acc > self.best:  # expect: L303
                self.best = acc
                torch.save({"net": self.net.state_dict(), "acc": acc, "epoch": ep}, "ckpt/net.pth")
            self.sched.step()
        print("Final accuracy:", self.best)


if __name__ == "__main__":
    args = parser.parse_args()
    Runner(args).run(args.epochs)
