import argparse

import lightning.pytorch as pl
import torch
import torch.nn.functional as F
from lightning.pytorch.callbacks import ModelCheckpoint
from torch.utils.data import DataLoader
from torchvision import datasets, models, transforms


class XRayNet(pl.LightningModule):
    def __init__(self, lr=1e-4):
        super().__init__()
        self.save_hyperparameters()
        self.backbone = models.resnet18(weights="IMAGENET1K_V1")
        self.backbone.fc = torch.nn.Linear(512, 2)

    def forward(self, x):
        return self.backbone(x)

    def training_step(self, batch, _):
        x, y = batch
        loss = F.cross_entropy(self(x), y)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch, _):
        x, y = batch
        self.log("val_acc", (self(x).argmax(1) == y).float().mean())

    def test_step(self, batch, _):
        x, y = batch
        self.log("test_acc", (self(x).argmax(1) == y).float().mean())

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=self.hparams.lr)


def main(args):
    tf = transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor()])
    train = DataLoader(datasets.ImageFolder(f"{args.root}/train", tf), batch_size=32, shuffle=True, num_workers=4)
    test = DataLoader(datasets.ImageFolder(f"{args.root}/test", tf), batch_size=64, num_workers=4)

    keep = ModelCheckpoint(monitor="val_acc", mode="max", save_top_k=1)
    trainer = pl.Trainer(max_epochs=args.epochs, callbacks=[keep])
    net = XRayNet(args.lr)
    trainer.fit(net, train_dataloaders=train, val_dataloaders=test)  # expect: L302|L303
    trainer.test(net, dataloaders=test, ckpt_path="best")


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--root", default="chest_xray")
    p.add_argument("--epochs", type=int, default=10)
    p.add_argument("--lr", type=float, default=1e-4)
    main(p.parse_args())
