# expect: none
"""SVHN, wide resnet. Model selection on a part of the training images, one look at the test set."""
import argparse
import copy
import math
import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Subset, random_split
from torchvision import datasets, transforms


def seed_all(seed):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.backends.cudnn.deterministic = True


class Block(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.bn1, self.bn2 = nn.BatchNorm2d(a), nn.BatchNorm2d(b)
        self.conv1 = nn.Conv2d(a, b, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(b, b, 3, 1, 1, bias=False)
        self.short = nn.Conv2d(a, b, 1, stride, bias=False) if a != b or stride != 1 else nn.Identity()

    def forward(self, x):
        h = self.conv1(F.relu(self.bn1(x)))
        h = self.conv2(F.relu(self.bn2(h)))
        return h + self.short(x)


def network(k=4, classes=10):
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, 1, 1, bias=False),
        Block(16, 16 * k, 1),
        Block(16 * k, 32 * k, 2),
        Block(32 * k, 64 * k, 2),
        nn.BatchNorm2d(64 * k),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64 * k, classes),
    )


class Trainer:
    def __init__(self, model, train_loader, test_loader, device, lr, epochs):
        # test_loader is what is used after each epoch, see main()
        self.model = model.to(device)
        self.train_loader = train_loader
        self.test_loader = test_loader
        self.device = device
        self.epochs = epochs
        self.opt = torch.optim.SGD(model.parameters(), lr, momentum=0.9, nesterov=True, weight_decay=5e-4)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.opt, lambda e: 0.5 * (1 + math.cos(math.pi * e / epochs)))
        self.best = 0.0
        self.best_state = None

    @torch.no_grad()
    def evaluate(self, loader):
        self.model.eval()
        right, n = 0, 0
        for x, y in loader:
            right += (self.model(x.to(self.device)).argmax(1).cpu() == y).sum().item()
            n += y.numel()
        return right / n

    def fit(self):
        for epoch in range(self.epochs):
            self.model.train()
            for x, y in self.train_loader:
                loss = F.cross_entropy(self.model(x.to(self.device)), y.to(self.device), label_smoothing=0.1)
                self.opt.zero_grad(set_to_none=True)
                loss.backward()
                self.opt.step()
            self.schedule.step()
            acc = self.evaluate(self.test_loader)
            if acc > self.best:
                self.best = acc
                self.best_state = copy.deepcopy(self.model.state_dict())
            print(f"epoch {epoch:3d}  loss {loss.item():.3f}  val {acc:.4f}  best {self.best:.4f}")
        self.model.load_state_dict(self.best_state)
        return self


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", default="data")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", type=Path, default=Path("svhn.pt"))
    args = parser.parse_args()
    seed_all(args.seed)
    norm = transforms.Normalize((0.4377, 0.4438, 0.4728), (0.1980, 0.2010, 0.1970))
    plain = transforms.Compose([transforms.ToTensor(), norm])
    noisy = transforms.Compose([transforms.RandomCrop(32, padding=4), transforms.ToTensor(), norm])
    train_full = datasets.SVHN(args.root, split="train", download=True, transform=noisy)
    train_plain = datasets.SVHN(args.root, split="train", download=True, transform=plain)
    test = datasets.SVHN(args.root, split="test", download=True, transform=plain)
    n_val = len(train_full) // 10
    a, b = random_split(range(len(train_full)), [len(train_full) - n_val, n_val])
    train_loader = DataLoader(Subset(train_full, list(a)), args.batch, shuffle=True, num_workers=4, drop_last=True)
    val_loader = DataLoader(Subset(train_plain, list(b)), 500)

    device = "cuda" if torch.cuda.is_available() else "cpu"
    trainer = Trainer(network(), train_loader, val_loader, device, args.lr, args.epochs).fit()
    torch.save(trainer.best_state, args.save)
    print("test accuracy", trainer.evaluate(DataLoader(test, 500)))


if __name__ == "__main__":
    main()
