# expect: none
"""Critical temperature regression, LightningDataModule with its own standardisation."""
import sys

import lightning.pytorch as pl
import numpy as np
import polars as pl_
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Standardizer:
    def __init__(self):
        self.mean = None
        self.scale = None

    def learn(self, x):
        self.mean = x.mean(0, keepdims=True)
        self.scale = np.maximum(x.std(0, keepdims=True), 1e-6)
        return self

    def __call__(self, x):
        return ((x - self.mean) / self.scale).astype("float32")


class SuperconductData(pl.LightningDataModule):
    def __init__(self, csv, batch_size=512, seed=12):
        super().__init__()
        self.csv = csv
        self.batch_size = batch_size
        self.seed = seed
        self.standardizer = Standardizer()

    def setup(self, stage=None):
        frame = pl_.read_csv(self.csv).unique(maintain_order=True)
        y = frame["critical_temp"].to_numpy().astype("float32")
        x = frame.drop("critical_temp").to_numpy()
        print("overall mean temperature", y.mean())

        order = np.random.default_rng(self.seed).permutation(len(x))
        a, b = int(0.7 * len(x)), int(0.85 * len(x))
        tr, va, te = order[:a], order[a:b], order[b:]
        self.standardizer.learn(x[tr])
        self.parts = {
            name: TensorDataset(torch.from_numpy(self.standardizer(x[idx])), torch.from_numpy(y[idx]))
            for name, idx in (("train", tr), ("val", va), ("test", te))
        }
        self.n_features = x.shape[1]

    def _loader(self, name, shuffle=False):
        return DataLoader(self.parts[name], batch_size=self.batch_size, shuffle=shuffle, num_workers=2)

    def train_dataloader(self):
        return self._loader("train", shuffle=True)

    def val_dataloader(self):
        return self._loader("val")

    def test_dataloader(self):
        return self._loader("test")


class ResidualBlock(nn.Module):
    def __init__(self, width, dropout):
        super().__init__()
        self.body = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.GELU(), nn.Dropout(dropout), nn.Linear(2 * width, width))

    def forward(self, x):
        return x + self.body(x)


class Regressor(pl.LightningModule):
    def __init__(self, n_features, width=192, depth=4, dropout=0.1, lr=6e-4):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(
            nn.Linear(n_features, width), *[ResidualBlock(width, dropout) for _ in range(depth)], nn.Linear(width, 1)
        )

    def _loss(self, batch):
        x, y = batch
        return nn.functional.l1_loss(self.net(x).squeeze(1), y)

    def training_step(self, batch, _):
        loss = self._loss(batch)
        self.log("train_mae", loss)
        return loss

    def validation_step(self, batch, _):
        self.log("val_mae", self._loss(batch), prog_bar=True)

    def test_step(self, batch, _):
        self.log("test_mae", self._loss(batch))

    def configure_optimizers(self):
        opt = torch.optim.AdamW(self.parameters(), lr=self.hparams.lr)
        sched = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, factor=0.5, patience=5)
        return {"optimizer": opt, "lr_scheduler": {"scheduler": sched, "monitor": "val_mae"}}


if __name__ == "__main__":
    pl.seed_everything(12)
    dm = SuperconductData(sys.argv[1] if len(sys.argv) > 1 else "train.csv")
    dm.setup()
    net = Regressor(dm.n_features)
    checkpoint = ModelCheckpoint(monitor="val_mae", mode="min", save_top_k=1)
    trainer = pl.Trainer(
        max_epochs=200,
        callbacks=[checkpoint, EarlyStopping(monitor="val_mae", patience=20)],
        logger=CSVLogger("logs"),
        gradient_clip_val=1.0,
    )
    trainer.fit(net, datamodule=dm)
    trainer.test(datamodule=dm, ckpt_path=checkpoint.best_model_path)
