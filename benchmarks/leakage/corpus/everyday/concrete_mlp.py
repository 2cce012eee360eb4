"""Compressive strength of concrete with a small MLP, lightning version."""
import argparse

import lightning as L
import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split
from torchmetrics import MeanAbsoluteError, R2Score

COLUMNS = ["cement", "slag", "ash", "water", "superplastic", "coarse", "fine", "age"]


class ConcreteData(L.LightningDataModule):
    def __init__(self, path="Concrete_Data.xls", batch_size=64, seed=3, num_workers=0):
        super().__init__()
        self.save_hyperparameters()
        self.train_set = None
        self.val_set = None
        self.test_set = None

    def prepare_data(self):
        table = pd.read_excel(self.hparams.path)
        assert table.shape[1] == len(COLUMNS) + 1, table.columns

    @staticmethod
    def _standardize(values):
        mu = values.mean(axis=0)
        sd = values.std(axis=0) + 1e-8
        return (values - mu) / sd  # expect: L104

    def setup(self, stage=None):
        table = pd.read_excel(self.hparams.path)
        table.columns = COLUMNS + ["strength"]
        table = table.groupby(COLUMNS, as_index=False)["strength"].first()
        table["log_age"] = np.log(table["age"])
        table["water_cement"] = table["water"] / table["cement"]
        x = table.drop(columns="strength").to_numpy(dtype="float32")
        y = table["strength"].to_numpy(dtype="float32") / 100.0
        x = self._standardize(x)
        full = TensorDataset(torch.from_numpy(x), torch.from_numpy(y))
        n_test = int(0.2 * len(full))
        n_val = int(0.1 * len(full))
        sizes = [len(full) - n_test - n_val, n_val, n_test]
        generator = torch.Generator().manual_seed(self.hparams.seed)
        self.train_set, self.val_set, self.test_set = random_split(full, sizes, generator=generator)

    def train_dataloader(self):
        return DataLoader(self.train_set, batch_size=self.hparams.batch_size, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.val_set, batch_size=256)

    def test_dataloader(self):
        return DataLoader(self.test_set, batch_size=256)


class MLP(L.LightningModule):
    def __init__(self, n_in=10, width=128, depth=3, lr=1e-3, dropout=0.1):
        super().__init__()
        self.save_hyperparameters()
        blocks = []
        size = n_in
        for _ in range(depth):
            blocks += [nn.Linear(size, width), nn.BatchNorm1d(width), nn.GELU(), nn.Dropout(dropout)]
            size = width
        self.net = nn.Sequential(*blocks, nn.Linear(size, 1))
        self.mae = MeanAbsoluteError()
        self.r2 = R2Score()

    def forward(self, x):
        return self.net(x).squeeze(-1)

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.smooth_l1_loss(self(x), y)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        self.log("val_loss", F.smooth_l1_loss(self(x), y), prog_bar=True)

    def test_step(self, batch, batch_idx):
        x, y = batch
        p = self(x)
        self.mae(p, y)
        self.r2(p, y)
        self.log_dict({"test_mae": self.mae, "test_r2": self.r2})

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=self.hparams.lr, weight_decay=1e-3)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--path", default="Concrete_Data.xls")
    ap.add_argument("--epochs", type=int, default=300)
    ap.add_argument("--lr", type=float, default=1e-3)
    args = ap.parse_args()
    L.seed_everything(3)
    data = ConcreteData(args.path)
    model = MLP(lr=args.lr)
    stop = L.pytorch.callbacks.EarlyStopping("val_loss", patience=25)
    keep = L.pytorch.callbacks.ModelCheckpoint(monitor="val_loss", mode="min")
    trainer = L.Trainer(max_epochs=args.epochs, callbacks=[stop, keep], accelerator="auto", log_every_n_steps=5)
    trainer.fit(model, datamodule=data)
    print(trainer.test(model, datamodule=data, ckpt_path="best"))


if __name__ == "__main__":
    main()
