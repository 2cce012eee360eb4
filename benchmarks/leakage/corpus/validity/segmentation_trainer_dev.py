# expect: none
"""U-Net for cell nuclei; the loader called test here steers training, the report is on a third split."""
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader

from nuclei.data import NucleiDataset
from nuclei.models import UNet


def dice(pred, mask, eps=1e-6):
    inter = (pred * mask).sum()
    return ((2 * inter + eps) / (pred.sum() + mask.sum() + eps)).item()


@torch.no_grad()
def mean_dice(net, loader):
    net.eval()
    values = [dice((net(image).sigmoid() > 0.5).float(), mask) for image, mask in loader]
    return sum(values) / len(values)


train_dl = DataLoader(NucleiDataset("dsb2018", split="train"), batch_size=8, shuffle=True)
test_dl = DataLoader(NucleiDataset("dsb2018", split="stage1_dev"), batch_size=8)
final_dl = DataLoader(NucleiDataset("dsb2018", split="stage2"), batch_size=8)

net = UNet(in_channels=3, out_channels=1)
opt = torch.optim.AdamW(net.parameters(), lr=3e-4)
path = Path("unet_best.pt")
best = 0.0
for epoch in range(80):
    net.train()
    for image, mask in train_dl:
        opt.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(net(image), mask).backward()
        opt.step()
    score = mean_dice(net, test_dl)
    if score > best:
        best = score
        torch.save(net.state_dict(), path)

net.load_state_dict(torch.load(path))
print("Dice on stage 2:", mean_dice(net, final_dl))
