# expect: none
"""CIFAR-10, small residual net, fixed number of epochs."""
import torch
import torchvision
import torchvision.transforms as T
from torch import nn
from torch.utils.data import DataLoader

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.247, 0.2435, 0.2616)
train_tf = T.Compose([T.RandomCrop(32, padding=4), T.RandomHorizontalFlip(), T.ToTensor(), T.Normalize(MEAN, STD)])
test_tf = T.Compose([T.ToTensor(), T.Normalize(MEAN, STD)])


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.f = nn.Sequential(
            nn.Conv2d(c, c, 3, padding=1, bias=False), nn.BatchNorm2d(c), nn.ReLU(),
            nn.Conv2d(c, c, 3, padding=1, bias=False), nn.BatchNorm2d(c),
        )

    def forward(self, x):
        return torch.relu(x + self.f(x))


def evaluate(net, loader, device):
    net.eval()
    good = 0
    with torch.no_grad():
        for x, y in loader:
            good += (net(x.to(device)).argmax(1).cpu() == y).sum().item()
    return good / len(loader.dataset)


def main(epochs=20):
    device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    train = torchvision.datasets.CIFAR10("data", train=True, download=True, transform=train_tf)
    test = torchvision.datasets.CIFAR10("data", train=False, transform=test_tf)
    train_loader = DataLoader(train, 128, shuffle=True, num_workers=2)
    test_loader = DataLoader(test, 256)
    net = nn.Sequential(nn.Conv2d(3, 64, 3, padding=1), Block(64), nn.MaxPool2d(4), Block(64),
                        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)).to(device)
    opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(opt, 0.1, epochs=epochs, steps_per_epoch=len(train_loader))
    for epoch in range(epochs):
        net.train()
        for x, y in train_loader:
            opt.zero_grad()
            loss = nn.functional.cross_entropy(net(x.to(device)), y.to(device))
            loss.backward()
            opt.step()
            schedule.step()
        print(f"{epoch:2d}  loss {loss.item():.3f}  test accuracy {evaluate(net, test_loader, device):.4f}")
    torch.save(net.state_dict(), "resnet_small.pt")


if __name__ == "__main__":
    main()
