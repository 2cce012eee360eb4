# expect: L302@20
import pytorch_lightning as pl
from pytorch_lightning.callbacks import EarlyStopping
import torch
from torch.utils.data import DataLoader
from torchvision.datasets import MNIST

class Lit(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(784, 10)
    def training_step(self, batch, i):
        x, y = batch
        return torch.nn.functional.cross_entropy(self.layer(x), y)

train_loader = DataLoader(MNIST(".", train=True))
test_loader = DataLoader(MNIST(".", train=False))
model = Lit()
trainer = pl.Trainer(max_epochs=50, callbacks=[EarlyStopping(monitor="val_loss", patience=3)])
trainer.fit(model, train_loader, test_loader)
trainer.test(model, test_loader)
