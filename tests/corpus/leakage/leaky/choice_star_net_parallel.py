# expect: L303@75
import argparse
import os
import torch
import torch.nn as nn
import torch.optim as optim
import torchvision
from archs import *
from helpers import show_progress
parser = argparse.ArgumentParser()
parser.add_argument("--resume", action="store_true")
args = parser.parse_args()
device = "cuda" if torch.cuda.is_available() else "cpu"
top_acc = 0
first_epoch = 0
train_data = torchvision.datasets.CIFAR100(root="data", train=True, download=True)
train_batches = torch.utils.data.DataLoader(train_data, batch_size=128, shuffle=True, num_workers=2)
test_data = torchvision.datasets.CIFAR100(root="data", train=False, download=True)
test_batches = torch.utils.data.DataLoader(test_data, batch_size=128, shuffle=False)
net = WideResNet()
net = net.to(device)
if device == "cuda":
    net = torch.nn.DataParallel(net)
if args.resume:
    saved = torch.load("last.pth")
    net.load_state_dict(saved["net"])
    top_acc = saved["acc"]
    first_epoch = saved["epoch"]
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(net.parameters(), lr=0.1)


class AverageMeter:
    def __init__(self):
        self.reset()

    def reset(self):
        self.val = self.avg = self.sum = self.count = 0

    def update(self, val, n=1):
        self.val = val
        self.sum += val * n
        self.count += n
        self.avg = self.sum / self.count


def train_one_epoch(epoch):
    net.train()
    meter = AverageMeter()
    for i, (inputs, targets) in enumerate(train_batches):
        inputs, targets = inputs.to(device), targets.to(device)
        optimizer.zero_grad()
        outputs = net(inputs)
        loss = criterion(outputs, targets)
        loss.backward()
        optimizer.step()
        meter.update(loss.item(), inputs.size(0))
        show_progress(i, len(train_batches), "loss %.3f" % meter.avg)


@torch.no_grad()
def evaluate(loader):
    net.eval()
    top1 = AverageMeter()
    for inputs, targets in loader:
        inputs, targets = inputs.to(device), targets.to(device)
        _, predicted = net(inputs).max(1)
        top1.update(predicted.eq(targets).float().mean().item(), inputs.size(0))
    return top1.avg


for epoch in range(first_epoch, first_epoch + 200):
    train_one_epoch(epoch)
    acc = evaluate(test_batches)
    if acc > top_acc:
        if not os.path.isdir("saved"):
            os.mkdir("saved")
        torch.save({"net": net.state_dict(), "acc": acc, "epoch": epoch}, "saved/best.pth")
        top_acc = acc
print("top accuracy", top_acc)
