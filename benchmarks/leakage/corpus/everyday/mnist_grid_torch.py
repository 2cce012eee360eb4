"""Fashion-MNIST: which width/dropout/optimizer? Used for slide 14-17 of the lecture."""
import argparse
import copy
import itertools
import json
import logging
import os
from dataclasses import dataclass
from typing import Any, Dict, List, Tuple

import numpy as np
import torch
import yaml
from torch import nn, optim
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

log = logging.getLogger("grid")

DEFAULTS = """
data: ./data
epochs: 8
batch: 128
grid:
  width: [64, 256, 1024]
  dropout: [0.0, 0.3]
  optimizer: [sgd, adam]
"""


@dataclass
class RunResult:
    options: Dict[str, Any]
    losses: List[float]
    accuracy: float


class MLP(nn.Module):
    def __init__(self, width: int, dropout: float):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(784, width),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(width, width),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(width, 10),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


def loaders(root: str, batch: int) -> Tuple[DataLoader, DataLoader]:
    steps = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.2860,), (0.3530,))])
    train = datasets.FashionMNIST(root, train=True, download=True, transform=steps)
    test = datasets.FashionMNIST(root, train=False, download=True, transform=steps)
    return DataLoader(train, batch, shuffle=True, num_workers=2), DataLoader(test, 1000)


def make_optimizer(name: str, params) -> optim.Optimizer:
    if name == "sgd":
        return optim.SGD(params, lr=0.05, momentum=0.9)
    if name == "adam":
        return optim.Adam(params, lr=1e-3)
    raise ValueError(name)


class Runner:
    def __init__(self, config: Dict[str, Any], device: str):
        self.config = config
        self.device = device
        self.train_loader, self.test_loader = loaders(config["data"], config["batch"])
        self.history: List[RunResult] = []

    def epoch(self, model: nn.Module, optimizer: optim.Optimizer) -> float:
        model.train()
        total = 0.0
        for x, y in self.train_loader:
            x, y = x.to(self.device), y.to(self.device)
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
        return total / len(self.train_loader.dataset)

    @torch.no_grad()
    def accuracy(self, model: nn.Module) -> float:
        model.eval()
        right = 0
        for x, y in self.test_loader:
            right += (model(x.to(self.device)).argmax(1).cpu() == y).sum().item()
        return right / len(self.test_loader.dataset)

    def run(self, **options: Any) -> RunResult:
        torch.manual_seed(0)
        model = MLP(options["width"], options["dropout"]).to(self.device)
        optimizer = make_optimizer(options["optimizer"], model.parameters())
        losses = [self.epoch(model, optimizer) for _ in range(self.config["epochs"])]
        result = RunResult(copy.deepcopy(options), losses, self.accuracy(model))
        self.history.append(result)
        log.info("%s -> %.4f", options, result.accuracy)
        return result

    def search(self) -> RunResult:
        grid = self.config["grid"]
        for values in itertools.product(*grid.values()):
            self.run(**dict(zip(grid, values)))
        return max(self.history, key=lambda r: r.accuracy)  # expect: L301


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config")
    parser.add_argument("--out", default="runs")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    config = yaml.safe_load(open(args.config) if args.config else DEFAULTS)
    runner = Runner(config, "cuda" if torch.cuda.is_available() else "cpu")
    best = runner.search()
    os.makedirs(args.out, exist_ok=True)
    with open(os.path.join(args.out, "best.json"), "w") as handle:
        json.dump({"options": best.options, "test_accuracy": best.accuracy, "final_loss": best.losses[-1]}, handle)
    print("best setting", best.options, "test accuracy", best.accuracy)
    print("mean loss", np.mean([r.losses[-1] for r in runner.history]))


if __name__ == "__main__":
    main()
