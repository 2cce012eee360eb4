# expect: none
"""Weld seam defects (grey images), numpy augmentation of the training part and torch training."""
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torchvision.transforms as T
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision.models import resnet18


@dataclass
class Conf:
    folder: str = "welds_npz"
    batch: int = 32
    epochs: int = 30
    lr: float = 3e-4
    seed: int = 21
    patience: int = 6


def flips(images, labels):
    extra = np.concatenate([images[:, :, ::-1], images[:, ::-1, :], np.rot90(images, 2, axes=(1, 2))])
    return np.concatenate([images, extra]), np.concatenate([labels, np.tile(labels, 3)])


class Welds(Dataset):
    def __init__(self, images, labels, train):
        self.images, self.labels = images, labels
        steps = [T.ToTensor(), T.Normalize([0.485], [0.229])]
        if train:
            steps.insert(1, T.RandomErasing(p=0.2))
        self.transform = T.Compose(steps)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(np.ascontiguousarray(self.images[index])), int(self.labels[index])


def accuracy(model, loader, device):
    model.eval()
    right = total = 0
    with torch.no_grad():
        for x, y in loader:
            right += (model(x.to(device)).argmax(1).cpu() == y).sum().item()
            total += len(y)
    return right / total


def load(folder):
    images, labels = [], []
    for file in sorted(Path(folder).glob("*.npz")):
        with np.load(file) as z:
            images.append(z["image"])
            labels.append(z["label"])
    return np.stack(images).astype("float32") / 255, np.array(labels)


def fit(conf):
    torch.manual_seed(conf.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    images, labels = load(conf.folder)
    x_dev, x_test, y_dev, y_test = train_test_split(images, labels, test_size=0.2, stratify=labels, random_state=conf.seed)
    x_train, x_val, y_train, y_val = train_test_split(x_dev, y_dev, test_size=0.2, stratify=y_dev, random_state=conf.seed)
    x_train, y_train = flips(x_train, y_train)
    print("train", x_train.shape, "val", x_val.shape, "test", x_test.shape)

    loaders = {
        "train": DataLoader(Welds(x_train, y_train, True), conf.batch, shuffle=True, num_workers=4),
        "val": DataLoader(Welds(x_val, y_val, False), 128),
        "test": DataLoader(Welds(x_test, y_test, False), 128),
    }
    model = resnet18(num_classes=int(labels.max()) + 1)
    model.conv1 = nn.Conv2d(1, 64, 7, 2, 3, bias=False)
    model.to(device)
    optimiser = torch.optim.AdamW(model.parameters(), conf.lr)
    best, waited, history = 0.0, 0, []
    for epoch in range(conf.epochs):
        model.train()
        for x, y in loaders["train"]:
            loss = nn.functional.cross_entropy(model(x.to(device)), y.to(device))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        acc = accuracy(model, loaders["val"], device)
        history.append(acc)
        if acc > best:
            best, waited = acc, 0
            torch.save(model.state_dict(), "weld.pt")
        else:
            waited += 1
            if waited >= conf.patience:
                break
        print(f"{epoch:3d} loss {loss.item():.4f} val {acc:.4f}")
    model.load_state_dict(torch.load("weld.pt"))
    final = accuracy(model, loaders["test"], device)
    Path("weld.json").write_text(json.dumps({"conf": asdict(conf), "val": history, "test": final}))
    return final


if __name__ == "__main__":
    print("test accuracy", fit(Conf()))
