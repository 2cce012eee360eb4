"""Tumour / stroma / fat tiles of H&E slides. Tile names look like S17-0042_x1024_y2048.png"""
import argparse
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Tuple

import numpy as np
import torch
from PIL import Image
from sklearn.metrics import confusion_matrix, f1_score
from torch import nn
from torch.utils.data import DataLoader, Dataset, random_split
from torchvision import models, transforms

log = logging.getLogger("tiles")
CLASSES = ["tumour", "stroma", "fat", "necrosis"]


@dataclass
class Options:
    root: Path
    out: Path = Path("tiles.pt")
    epochs: int = 12
    batch: int = 64
    lr: float = 2e-4
    seed: int = 17


class Tiles(Dataset):
    def __init__(self, root: Path):
        self.items: List[Tuple[Path, int, str]] = []
        for label, name in enumerate(CLASSES):
            for path in sorted((root / name).glob("*.png")):
                patient_id = path.stem.split("_")[0]
                self.items.append((path, label, patient_id))
        self.transform = transforms.Compose(
            [transforms.ToTensor(), transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]
        )

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int):
        path, label, _ = self.items[index]
        with Image.open(path) as image:
            return self.transform(image.convert("RGB")), label

    def summary(self) -> Dict[str, int]:
        patients = {p for _, _, p in self.items}
        return {"tiles": len(self), "patients": len(patients), **{c: sum(l == i for _, l, _ in self.items) for i, c in enumerate(CLASSES)}}


class Learner:
    def __init__(self, options: Options):
        self.options = options
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.net = models.densenet121(weights="IMAGENET1K_V1")
        self.net.classifier = nn.Linear(self.net.classifier.in_features, len(CLASSES))
        self.net.to(self.device)

    def fit(self, loader: DataLoader) -> "Learner":
        optimiser = torch.optim.AdamW(self.net.parameters(), self.options.lr)
        for epoch in range(self.options.epochs):
            self.net.train()
            losses = []
            for x, y in loader:
                loss = nn.functional.cross_entropy(self.net(x.to(self.device)), y.to(self.device))
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                losses.append(loss.item())
            log.info("epoch %d: %.4f", epoch, np.mean(losses))
        return self

    @torch.no_grad()
    def predict(self, loader: DataLoader) -> Tuple[np.ndarray, np.ndarray]:
        self.net.eval()
        truth, guess = [], []
        for x, y in loader:
            guess.append(self.net(x.to(self.device)).argmax(1).cpu().numpy())
            truth.append(y.numpy())
        return np.concatenate(truth), np.concatenate(guess)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("--epochs", type=int, default=12)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    options = Options(args.root, epochs=args.epochs)
    torch.manual_seed(options.seed)
    tiles = Tiles(options.root)
    log.info("%s", tiles.summary())
    n_test = len(tiles) // 5
    train, test = random_split(tiles, [len(tiles) - n_test, n_test])  # expect: L601
    learner = Learner(options).fit(DataLoader(train, options.batch, shuffle=True, num_workers=8))
    truth, guess = learner.predict(DataLoader(test, 256, num_workers=8))
    result = {"accuracy": float((truth == guess).mean()), "f1": f1_score(truth, guess, average="macro")}
    log.info("%s\n%s", result, confusion_matrix(truth, guess))
    torch.save(learner.net.state_dict(), options.out)
    options.out.with_suffix(".json").write_text(json.dumps(result))


if __name__ == "__main__":
    main()
