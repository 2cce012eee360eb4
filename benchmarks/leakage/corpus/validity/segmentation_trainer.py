"""U-Net for cell nuclei: trainer class with checkpoints."""
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader

from nuclei.data import NucleiDataset
from nuclei.models import UNet


def dice(pred, mask, eps=1e-6):
    inter = (pred * mask).sum()
    return ((2 * inter + eps) / (pred.sum() + mask.sum() + eps)).item()


class Trainer:
    def __init__(self, root, epochs=80, lr=3e-4):
        self.train_dl = DataLoader(NucleiDataset(root, split="train"), batch_size=8, shuffle=True)
        self.test_dl = DataLoader(NucleiDataset(root, split="test"), batch_size=8)
        self.net = UNet(in_channels=3, out_channels=1)
        self.opt = torch.optim.AdamW(self.net.parameters(), lr=lr)
        self.epochs = epochs
        self.best_dice = 0.0
        self.folder = Path("checkpoints")
        self.folder.mkdir(exist_ok=True)

    def train_epoch(self):
        self.net.train()
        for image, mask in self.train_dl:
            loss = nn.functional.binary_cross_entropy_with_logits(self.net(image), mask)
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()

    @torch.no_grad()
    def test_epoch(self):
        self.net.eval()
        values = [dice((self.net(image).sigmoid() > 0.5).float(), mask) for image, mask in self.test_dl]
        return sum(values) / len(values)

    def fit(self):
        for epoch in range(self.epochs):
            self.train_epoch()
            score = self.test_epoch()
            print(f"[{epoch:03d}] dice {score:.4f}")
            if score >= self.best_dice:
                self.best_dice = score
                torch.save(self.net.state_dict(), self.folder / "best.pt")  # expect: L303
        return self.best_dice


if __name__ == "__main__":
    trainer = Trainer("dsb2018")
    print("Test Dice:", trainer.fit())
