"""mixup on CIFAR-100 (adapted from the official code)"""
from __future__ import print_function

import argparse
import csv
import os

import numpy as np
import torch
import torch.backends.cudnn as cudnn
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
import torchvision.datasets as datasets
import torchvision.models as models
import torchvision.transforms as transforms

parser = argparse.ArgumentParser(description="PyTorch CIFAR-100 training")
parser.add_argument("--lr", default=0.1, type=float, help="learning rate")
parser.add_argument("--resume", "-r", action="store_true", help="resume from checkpoint")
parser.add_argument("--model", default="resnet18", type=str)
parser.add_argument("--name", default="0", type=str, help="name of run")
parser.add_argument("--seed", default=0, type=int)
parser.add_argument("--batch-size", default=128, type=int)
parser.add_argument("--epoch", default=200, type=int)
parser.add_argument("--alpha", default=1.0, type=float, help="mixup interpolation coefficient")
args = parser.parse_args()

use_cuda = torch.cuda.is_available()
device = torch.device("cuda" if use_cuda else "cpu")
best_acc = 0
start_epoch = 0
torch.manual_seed(args.seed)

print("==> Preparing data..")
mean, std = (0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762)
transform_train = transforms.Compose(
    [transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip(), transforms.ToTensor(), transforms.Normalize(mean, std)]
)
transform_test = transforms.Compose([transforms.ToTensor(), transforms.Normalize(mean, std)])

trainset = datasets.CIFAR100(root="./data", train=True, download=True, transform=transform_train)
trainloader = torch.utils.data.DataLoader(trainset, batch_size=args.batch_size, shuffle=True, num_workers=8)
testset = datasets.CIFAR100(root="./data", train=False, download=True, transform=transform_test)
testloader = torch.utils.data.DataLoader(testset, batch_size=100, shuffle=False, num_workers=8)

print("==> Building model..")
net = models.__dict__[args.model](num_classes=100)
net.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
net.maxpool = nn.Identity()
net = net.to(device)
if use_cuda:
    cudnn.benchmark = True
if args.resume:
    checkpoint = torch.load("checkpoint/" + args.name)
    net.load_state_dict(checkpoint["net"])
    best_acc = checkpoint["acc"]
    start_epoch = checkpoint["epoch"] + 1

os.makedirs("results", exist_ok=True)
os.makedirs("checkpoint", exist_ok=True)
logname = "results/log_" + args.name + ".csv"
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(net.parameters(), lr=args.lr, momentum=0.9, weight_decay=5e-4)
scheduler = optim.lr_scheduler.MultiStepLR(optimizer, [100, 150])


def mixup_data(x, y, alpha=1.0):
    lam = np.random.beta(alpha, alpha) if alpha > 0 else 1
    index = torch.randperm(x.size(0), device=x.device)
    return lam * x + (1 - lam) * x[index, :], y, y[index], lam


def mixup_criterion(pred, y_a, y_b, lam):
    return lam * criterion(pred, y_a) + (1 - lam) * criterion(pred, y_b)


def train(epoch):
    print("\nEpoch: %d" % epoch)
    net.train()
    train_loss, total = 0, 0
    for inputs, targets in trainloader:
        inputs, targets = inputs.to(device), targets.to(device)
        inputs, a, b, lam = mixup_data(inputs, targets, args.alpha)
        loss = mixup_criterion(net(inputs), a, b, lam)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        train_loss += loss.item() * targets.size(0)
        total += targets.size(0)
    return train_loss / total


def test(epoch):
    global best_acc
    net.eval()
    test_loss, correct, total = 0, 0, 0
    with torch.no_grad():
        for inputs, targets in testloader:
            inputs, targets = inputs.to(device), targets.to(device)
            outputs = net(inputs)
            test_loss += F.cross_entropy(outputs, targets, reduction="sum").item()
            _, predicted = torch.max(outputs.data, 1)
            total += targets.size(0)
            correct += predicted.eq(targets.data).cpu().sum().item()
    acc = 100.0 * correct / total
    print("Loss: %.3f | Acc: %.3f%% (%d/%d)" % (test_loss / total, acc, correct, total))
    if acc > best_acc:  # expect: L303
        save_checkpoint(acc, epoch)
        best_acc = acc
    return test_loss / total, acc


def save_checkpoint(acc, epoch):
    print("Saving..")
    state = {"net": net.state_dict(), "acc": acc, "epoch": epoch, "rng_state": torch.get_rng_state()}
    torch.save(state, "./checkpoint/" + args.name)


if not os.path.exists(logname):
    with open(logname, "w") as logfile:
        csv.writer(logfile).writerow(["epoch", "train loss", "test loss", "test acc"])

for epoch in range(start_epoch, args.epoch):
    train_loss = train(epoch)
    test_loss, test_acc = test(epoch)
    scheduler.step()
    with open(logname, "a") as logfile:
        csv.writer(logfile).writerow([epoch, train_loss, test_loss, test_acc])
print("best test accuracy: %.2f" % best_acc)
