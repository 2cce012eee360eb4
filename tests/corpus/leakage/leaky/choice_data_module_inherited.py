# expect: L302@25
import pytorch_lightning as pl
from pytorch_lightning.callbacks import ModelCheckpoint
from torch.utils.data import DataLoader
from sklearn.model_selection import train_test_split
import pandas as pd
class Base(pl.LightningDataModule):
    def setup(self, stage=None):
        df = pd.read_csv("a.csv")
        self.parts = dict(zip(["train", "test"], train_test_split(df)))
        self.train_df, self.test_df = train_test_split(df)
    def train_dataloader(self):
        return DataLoader(self.train_df)
class D(Base):
    def val_dataloader(self):
        return DataLoader(self.test_df)
    def test_dataloader(self):
        return self.val_dataloader()
class N(pl.LightningModule):
    def training_step(self, b, i):
        return 1
dm = D()
net = N()
t = pl.Trainer(callbacks=[ModelCheckpoint(monitor="val_loss")])
t.fit(net, datamodule=dm)
t.test(datamodule=dm, ckpt_path="best")
