# expect: none
import lightning as L
from lightning.pytorch.callbacks import EarlyStopping
from torch.utils.data import DataLoader, random_split
from torchvision.datasets import MNIST
class D(L.LightningDataModule):
    def setup(self, stage=None):
        full = MNIST(".", train=True)
        self.a, self.v = random_split(full, [50000, 10000])
        self.b = MNIST(".", train=False)
    def train_dataloader(self):
        return DataLoader(self.a)
    def val_dataloader(self):
        return DataLoader(self.v)
    def test_dataloader(self):
        return DataLoader(self.b)
class N(L.LightningModule):
    def training_step(self, b, i):
        return 1
d, n = D(), N()
t = L.Trainer(callbacks=[EarlyStopping("val_loss")])
t.fit(n, datamodule=d)
t.test(n, datamodule=d)
