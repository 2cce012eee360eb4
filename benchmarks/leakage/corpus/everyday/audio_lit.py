"""Environmental sounds (ESC-50), mel spectrogram + small CNN in Lightning. Fold 5 is the test fold."""
import argparse
from pathlib import Path

import pandas as pd
import pytorch_lightning as pl
import torch
import torchaudio
import torchmetrics
from pytorch_lightning.callbacks import LearningRateMonitor, ModelCheckpoint
from pytorch_lightning.loggers import TensorBoardLogger
from torch import nn
from torch.utils.data import DataLoader, Dataset


class ESC(Dataset):
    def __init__(self, table, root, train):
        self.table = table.reset_index(drop=True)
        self.root = Path(root)
        self.train = train
        self.mel = torchaudio.transforms.MelSpectrogram(22050, n_fft=1024, hop_length=512, n_mels=64)
        self.db = torchaudio.transforms.AmplitudeToDB(top_db=80)
        self.mask = nn.Sequential(torchaudio.transforms.FrequencyMasking(8), torchaudio.transforms.TimeMasking(20))

    def __len__(self):
        return len(self.table)

    def __getitem__(self, i):
        row = self.table.loc[i]
        wave, rate = torchaudio.load(self.root / row["filename"])
        wave = torchaudio.functional.resample(wave, rate, 22050)
        spec = self.db(self.mel(wave)) / 80.0
        if self.train:
            spec = self.mask(spec)
        return spec, int(row["target"])


class SoundData(pl.LightningDataModule):
    def __init__(self, root, batch=32, test_fold=5):
        super().__init__()
        self.root, self.batch, self.test_fold = Path(root), batch, test_fold

    def setup(self, stage=None):
        meta = pd.read_csv(self.root / "meta" / "esc50.csv")
        audio = self.root / "audio"
        self.train_data = ESC(meta[meta["fold"] != self.test_fold], audio, True)
        self.test_data = ESC(meta[meta["fold"] == self.test_fold], audio, False)

    def train_dataloader(self):
        return DataLoader(self.train_data, self.batch, shuffle=True, num_workers=4)

    def val_dataloader(self):
        return DataLoader(self.test_data, 64, num_workers=4)

    def test_dataloader(self):
        return DataLoader(self.test_data, 64, num_workers=4)


class SoundNet(pl.LightningModule):
    def __init__(self, channels=(32, 64, 128, 256), lr=1e-3, classes=50):
        super().__init__()
        self.save_hyperparameters()
        blocks, size = [], 1
        for c in channels:
            blocks += [nn.Conv2d(size, c, 3, padding=1), nn.BatchNorm2d(c), nn.ReLU(), nn.MaxPool2d(2)]
            size = c
        self.net = nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.4), nn.Linear(size, classes))
        self.acc = torchmetrics.Accuracy(task="multiclass", num_classes=classes)

    def forward(self, x):
        return self.net(x)

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = nn.functional.cross_entropy(self(x), y)
        self.log("train/loss", loss)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        self.log("val/acc", self.acc(self(x), y), prog_bar=True)

    def test_step(self, batch, batch_idx):
        x, y = batch
        self.log("test/acc", self.acc(self(x), y))

    def configure_optimizers(self):
        opt = torch.optim.AdamW(self.parameters(), lr=self.hparams.lr)
        return [opt], [torch.optim.lr_scheduler.CosineAnnealingLR(opt, 60)]


def cli():
    parser = argparse.ArgumentParser()
    parser.add_argument("root")
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--lr", type=float, default=1e-3)
    return parser.parse_args()


if __name__ == "__main__":
    args = cli()
    pl.seed_everything(50)
    data = SoundData(args.root)
    keep = ModelCheckpoint(monitor="val/acc", mode="max", save_top_k=1, filename="{epoch}")
    trainer = pl.Trainer(
        max_epochs=args.epochs,
        callbacks=[keep, LearningRateMonitor()],
        logger=TensorBoardLogger("tb", name="esc50"),
        accelerator="auto",
    )
    model = SoundNet(lr=args.lr)
    trainer.fit(model, datamodule=data)  # expect: L303|L302
    print(trainer.test(model, datamodule=data, ckpt_path="best"))
