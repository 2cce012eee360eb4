# expect: none
"""Reference run on CIFAR-10: fixed schedule, the last weights count."""
import argparse
import json
import os
import time

import torch
import torch.nn as nn
import torchvision
import torchvision.transforms as T
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.tensorboard import SummaryWriter

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)


def get_args():
    p = argparse.ArgumentParser()
    p.add_argument("--data", default="~/data")
    p.add_argument("--epochs", type=int, default=24)
    p.add_argument("--batch", type=int, default=512)
    p.add_argument("--max-lr", type=float, default=0.4)
    p.add_argument("--every", type=int, default=4)
    p.add_argument("--out", default="runs/plain")
    return p.parse_args()


def conv(c_in, c_out, pool=False):
    layers = [nn.Conv2d(c_in, c_out, 3, padding=1, bias=False), nn.BatchNorm2d(c_out), nn.CELU(0.3)]
    if pool:
        layers.insert(1, nn.MaxPool2d(2))
    return nn.Sequential(*layers)


class Residual(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.a, self.b = conv(c, c), conv(c, c)

    def forward(self, x):
        return x + self.b(self.a(x))


def resnet9():
    return nn.Sequential(
        conv(3, 64),
        conv(64, 128, pool=True),
        Residual(128),
        conv(128, 256, pool=True),
        conv(256, 512, pool=True),
        Residual(512),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        nn.Linear(512, 10, bias=False),
    )


def train_epoch(model, loader, optimizer, scheduler, scaler, device):
    model.train()
    running = 0.0
    for x, y in loader:
        x, y = x.to(device, non_blocking=True), y.to(device, non_blocking=True)
        with torch.autocast(device_type=device.type):
            loss = nn.functional.cross_entropy(0.125 * model(x), y, label_smoothing=0.2)
        optimizer.zero_grad(set_to_none=True)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        scheduler.step()
        running += loss.item()
    return running / len(loader)


@torch.no_grad()
def test_epoch(model, loader, device):
    model.eval()
    hits = 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        logits = model(x) + model(x.flip(-1))
        hits += (logits.argmax(1) == y).sum().item()
    return hits / len(loader.dataset)


def main():
    args = get_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    plain = T.Compose([T.ToTensor(), T.Normalize(MEAN, STD)])
    noisy = T.Compose([T.RandomCrop(32, 4, padding_mode="reflect"), T.RandomHorizontalFlip(), plain])
    root = os.path.expanduser(args.data)
    train = torchvision.datasets.CIFAR10(root, train=True, transform=noisy, download=True)
    test = torchvision.datasets.CIFAR10(root, train=False, transform=plain, download=True)
    train_loader = torch.utils.data.DataLoader(train, args.batch, shuffle=True, num_workers=8, drop_last=True)
    test_loader = torch.utils.data.DataLoader(test, 1000, num_workers=4)

    model = resnet9().to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=args.max_lr, momentum=0.9, weight_decay=5e-4, nesterov=True)
    scheduler = OneCycleLR(optimizer, args.max_lr, epochs=args.epochs, steps_per_epoch=len(train_loader))
    scaler = torch.cuda.amp.GradScaler(enabled=device.type == "cuda")
    writer = SummaryWriter(args.out)
    log = []
    for epoch in range(args.epochs):
        tick = time.time()
        loss = train_epoch(model, train_loader, optimizer, scheduler, scaler, device)
        acc = test_epoch(model, test_loader, device)
        writer.add_scalar("loss", loss, epoch)
        writer.add_scalar("test_acc", acc, epoch)
        log.append({"epoch": epoch, "loss": loss, "test": acc, "seconds": time.time() - tick})
        print(json.dumps(log[-1]))
        if (epoch + 1) % args.every == 0:
            torch.save({"model": model.state_dict(), "epoch": epoch}, os.path.join(args.out, f"{epoch + 1:03d}.pt"))
    torch.save(model.state_dict(), os.path.join(args.out, "last.pt"))
    print("final test accuracy", log[-1]["test"])


if __name__ == "__main__":
    main()
