# expect: L302@22
import lightning as L
from lightning.pytorch.callbacks import EarlyStopping
from torch.utils.data import DataLoader
from torchvision.datasets import MNIST
class D(L.LightningDataModule):
    def setup(self, stage):
        if stage == "fit" or stage is None:
            self.a = MNIST(".", train=True)
        self.b = MNIST(".", train=False)
    def train_dataloader(self):
        return DataLoader(self.a)
    def val_dataloader(self):
        return DataLoader(self.b)
    def test_dataloader(self):
        return DataLoader(self.b)
class N(L.LightningModule):
    def training_step(self, b, i):
        return 1
d, n = D(), N()
t = L.Trainer(callbacks=[EarlyStopping("val_loss")])
t.fit(n, d)
t.test(n, d)
