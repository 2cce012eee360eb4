# expect: none
import lightning as L
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
import torch
from torch.utils.data import DataLoader, random_split
from torchvision.datasets import MNIST
from lit import Lit
full = MNIST(".", train=True)
train_set, val_set = random_split(full, [55000, 5000])
train_loader, val_loader = DataLoader(train_set), DataLoader(val_set)
test_loader = DataLoader(MNIST(".", train=False))
model = Lit()
trainer = L.Trainer(max_epochs=50, callbacks=[EarlyStopping("val_loss"), ModelCheckpoint(monitor="val_loss")])
trainer.fit(model, train_dataloaders=train_loader, val_dataloaders=val_loader)
trainer.test(model, dataloaders=test_loader)
