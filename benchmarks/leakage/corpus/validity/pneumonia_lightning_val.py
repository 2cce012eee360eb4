# expect: none
import lightning.pytorch as pl
import torch
import torch.nn.functional as F
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from torch.utils.data import DataLoader, random_split
from torchvision import datasets, models, transforms


class XRayNet(pl.LightningModule):
    def __init__(self, lr=1e-4):
        super().__init__()
        self.lr = lr
        self.backbone = models.resnet18(weights="IMAGENET1K_V1")
        self.backbone.fc = torch.nn.Linear(512, 2)

    def training_step(self, batch, _):
        x, y = batch
        return F.cross_entropy(self.backbone(x), y)

    def _accuracy(self, batch, name):
        x, y = batch
        self.log(name, (self.backbone(x).argmax(1) == y).float().mean(), prog_bar=True)

    def validation_step(self, batch, _):
        self._accuracy(batch, "val_acc")

    def test_step(self, batch, _):
        self._accuracy(batch, "test_acc")

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=self.lr)


tf = transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor()])
folder = datasets.ImageFolder("chest_xray/train", tf)
n_val = len(folder) // 10
fit_part, val_part = random_split(folder, [len(folder) - n_val, n_val], generator=torch.Generator().manual_seed(3))
test_part = datasets.ImageFolder("chest_xray/test", tf)

trainer = pl.Trainer(
    max_epochs=20,
    callbacks=[EarlyStopping("val_acc", mode="max", patience=4), ModelCheckpoint(monitor="val_acc", mode="max")],
)
net = XRayNet()
trainer.fit(net, DataLoader(fit_part, batch_size=32, shuffle=True), DataLoader(val_part, batch_size=64))
trainer.test(net, DataLoader(test_part, batch_size=64), ckpt_path="best")
