"""PyTorch Lightning: a trainer fits a module on loaders, and callbacks watch what validation logs."""

from cst_tools.flow.libraries.spec import Act, Names, Spec, names

PACKAGES = ("pytorch_lightning", "lightning", "lightning_fabric")

NAMES: Names = {
    "Trainer": Spec(Act.TRAINER, evaluation=("val_dataloaders", "val_dataloader")),
    **names("EarlyStopping ModelCheckpoint", Spec(Act.CALLBACK)),
    **names("LightningModule LightningDataModule", Spec(Act.MODULE_BASE)),
    **names("seed_everything LearningRateMonitor TQDMProgressBar RichProgressBar TensorBoardLogger CSVLogger",
            Spec(Act.IGNORE)),
}  # fmt: skip
