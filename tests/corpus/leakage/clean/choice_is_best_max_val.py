# expect: none
import torch, shutil
from torch import nn
from torchvision import datasets, models
from torch.utils.data import DataLoader

def main():
    best = 0
    model = models.__dict__["resnet18"]()
    model = nn.DataParallel(model).cuda()
    criterion = nn.CrossEntropyLoss().cuda()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    train_loader = DataLoader(datasets.ImageFolder("imgs/train"), 64)
    val_loader = DataLoader(datasets.ImageFolder("imgs/val"), 64)
    for epoch in range(90):
        train(train_loader, model, criterion, optimizer)
        acc = validate(val_loader, model)
        is_best = acc > best
        best = max(acc, best)
        save({"state": model.state_dict(), "best": best}, is_best)
    print(best)

def train(loader, model, criterion, optimizer):
    model.train()
    for x, y in loader:
        out = model(x)
        loss = criterion(out, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

def validate(loader, model):
    model.eval()
    hits, n = 0, 0
    for x, y in loader:
        out = model(x)
        _, pred = out.topk(1, 1, True, True)
        hits += pred.t().eq(y.view(1, -1)).float().sum().item()
        n += y.size(0)
    return hits / n

def save(state, is_best):
    torch.save(state, "last.pth")
    if is_best:
        shutil.copyfile("last.pth", "best.pth")

if __name__ == "__main__":
    main()
