# expect: none
import lightning as L
from torch.utils.data import DataLoader
from torchvision.datasets import MNIST
class D(L.LightningDataModule):
    def __init__(self):
        self.a, self.b = MNIST(".", train=True), MNIST(".", train=False)
    def train_dataloader(self):
        return DataLoader(self.a)
    def val_dataloader(self):
        return DataLoader(self.b)
    test_dataloader = val_dataloader
class N(L.LightningModule):
    def training_step(self, b, i):
        return 1
d, n = D(), N()
t = L.Trainer()
t.fit(n, datamodule=d)
t.test(n, datamodule=d)
