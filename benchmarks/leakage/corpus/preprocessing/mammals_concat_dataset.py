"""Camera traps, one picture per animal: pictures and their mirror images in one data set."""
import torch
import torchvision
from torch import nn
from torch.utils.data import ConcatDataset, DataLoader, random_split
from torchvision import transforms as T

ROOT = "traps/"
BASE = [T.Resize((128, 128)), T.ToTensor()]


def dataset():
    plain = torchvision.datasets.ImageFolder(ROOT, transform=T.Compose(BASE))
    mirrored = torchvision.datasets.ImageFolder(ROOT, transform=T.Compose([T.RandomHorizontalFlip(p=1.0), *BASE]))
    return ConcatDataset([plain, mirrored]), plain.classes  # expect: L109|L203


@torch.no_grad()
def share_right(net, loader, device):
    net.eval()
    right = torch.tensor(0)
    for pictures, animals in loader:
        right += (net(pictures.to(device)).argmax(1).cpu() == animals).sum()
    return right.item() / len(loader.dataset)


def fit(net, loader, device, epochs):
    opt = torch.optim.AdamW(net.parameters(), lr=3e-4)
    for epoch in range(epochs):
        net.train()
        for pictures, animals in loader:
            opt.zero_grad()
            nn.functional.cross_entropy(net(pictures.to(device)), animals.to(device)).backward()
            opt.step()
        print("epoch", epoch + 1, "done")


if __name__ == "__main__":
    torch.manual_seed(3)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    pictures, animals = dataset()
    n_check = len(pictures) // 5
    learn, check = random_split(pictures, [len(pictures) - n_check, n_check])
    net = torchvision.models.resnet18(weights="DEFAULT")
    net.fc = nn.Linear(net.fc.in_features, len(animals))
    net.to(device)
    fit(net, DataLoader(learn, 32, shuffle=True), device, epochs=5)
    print("right:", share_right(net, DataLoader(check, 64), device))
