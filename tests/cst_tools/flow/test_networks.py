"""Networks: trained by hand, by a trainer, a learner or a tuner; predictions that another model learns from."""

from __future__ import annotations

import ast

import pytest

from cst_tools.flow import Flow, follow
from cst_tools.flow.choosing import How, Selection
from cst_tools.flow.stacking import FittedOnPredictions
from cst_tools.flow.values import EvaluationKind, Learns, overlap

LOADERS = """\
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, models
train = DataLoader(datasets.MNIST(".", train=True))
test = DataLoader(datasets.MNIST(".", train=False))
"""
TABLE = """\
import numpy as np, pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split, cross_val_predict
df = pd.read_csv("a.csv")
a, b, c, d = train_test_split(df.drop(columns="y"), df["y"])
m = RandomForestClassifier().fit(a, c)
"""


def flow_of(text: str) -> Flow:
    flow = follow(ast.parse(text))
    assert flow.complete
    assert flow.failures == ()
    return flow


@pytest.mark.parametrize(
    ("call", "role"),
    [
        ("datasets.MNIST('.', train=True)", "train"),
        ("datasets.CIFAR10('.', False)", "test"),
        ("datasets.SVHN('.', split='test')", "test"),
        ("datasets.ImageFolder('data/val')", "validation"),
        ("datasets.ImageFolder(os.path.join(root, 'train'), tf)", "train"),
        ("datasets.ImageFolder(root)", None),
    ],
)
def test_the_part_of_a_data_set_is_in_its_arguments(call: str, role: str | None) -> None:
    flow = flow_of(
        LOADERS + f"t = {call}\nm = nn.Sequential()\nfor x, y in DataLoader(t):\n    print((m(x) == y).sum())\n"
    )
    assert {flow.roles.get(p) for p in flow.evaluations[-1].rows} == {role}


@pytest.mark.parametrize(
    "network",
    ["nn.Sequential(nn.Linear(1, 1))", "models.resnet18()", "my_lib.Net().to('cuda')", "timm.create_model('x')"],
)
def test_a_loop_trains_whatever_network(network: str) -> None:
    flow = flow_of(
        LOADERS + f"import timm, my_lib\nnet = {network}\nopt = torch.optim.SGD(net.parameters(), lr=1)\nbest = 0\n"
        "loss_of = nn.CrossEntropyLoss()\nfor epoch in range(9):\n    for x, y in train:\n"
        "        loss = loss_of(net(x), y)\n        loss.backward()\n    right = total = 0\n    for x, y in test:\n"
        "        right += (net(x).argmax(1) == y).sum().item()\n        total += y.size(0)\n    acc = right / total\n"
        "    if acc > best:\n        best = acc\n"
    )
    (selection,) = flow.of(Selection)
    assert {flow.roles.get(p) for p in selection.trained} == {"train"}
    assert {flow.roles.get(p) for s in selection.scores for p in s.rows} == {"test"}


TRAINER = LOADERS + (
    "import pytorch_lightning as pl\nfrom pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint\n"
    "class Net(pl.LightningModule):\n    pass\n\nnet = Net()\ntrainer = pl.Trainer(callbacks=[{callback}])\n"
    "trainer.fit(net, train, {watched})\ntrainer.test({given})\n"
)


@pytest.mark.parametrize(
    ("callback", "watched", "given", "chooses"),
    [
        ("EarlyStopping(monitor='val_loss')", "test", "net, test", True),
        ("ModelCheckpoint(monitor='val_acc')", "test", "dataloaders=test", True),
        ("ModelCheckpoint()", "test", "net, test", False),
        ("EarlyStopping('train_loss')", "test", "net, test", False),
        ("EarlyStopping('val_loss')", "val_dataloaders=test", "net, dataloaders=test", True),
    ],
)
def test_a_trainer_with_callbacks(callback: str, watched: str, given: str, chooses: bool) -> None:
    flow = flow_of(TRAINER.format(callback=callback, watched=watched, given=given))
    evaluation = flow.evaluations[-1]
    assert evaluation.kind is EvaluationKind.METRIC
    assert evaluation.held_out
    assert evaluation.trained
    assert bool(evaluation.choices) is chooses


def test_a_learner_watches_its_second_loader() -> None:
    flow = flow_of(
        LOADERS + "from fastai.vision.all import DataLoaders, Learner, SaveModelCallback\n"
        "learn = Learner(DataLoaders(train, test), nn.Sequential())\n"
        "learn.fit_one_cycle(5, cbs=SaveModelCallback())\nprint(learn.validate())\n"
    )
    (evaluation,) = flow.evaluations
    assert {flow.roles.get(p) for p in evaluation.rows} == {"test"}
    assert {c.what for c in evaluation.choices} == {"SaveModelCallback"}


def test_a_tuner_searches_on_its_validation_rows() -> None:
    flow = flow_of(
        TABLE + "import keras_tuner as kt\nt = kt.Hyperband(build, objective='val_loss')\n"
        "t.search(a, c, validation_data=(b, d))\nbest = t.get_best_models()[0]\nprint(best.evaluate(b, d))\n"
    )
    assert [s.how for s in flow.of(Selection)] == [How.SEARCH]
    assert {x.kind for x in flow.evaluations[-1].learned} == {Learns.CHOICE}


LEVELS = {
    "itself": ("m.predict(a)", True),
    "probabilities": ("m.predict_proba(a)[:, 1].reshape(-1, 1)", True),
    "next to features": ("np.c_[a, m.predict(a)]", True),
    "a table": ("pd.DataFrame({'p': m.predict(a)})", True),
    "out of fold": ("cross_val_predict(m, a, c)", False),
    "other rows": ("m.predict(b)", False),
}


@pytest.mark.parametrize(("level", "seen"), LEVELS.values(), ids=LEVELS)
def test_predictions_of_training_rows_are_marked(level: str, seen: bool) -> None:
    flow = flow_of(TABLE + f"Z = {level}\nt = LogisticRegression().fit(Z, {'d' if 'b' in level[-3:] else 'c'})\n")
    marks = [x for x in flow.trainings[-1].features.learned if x.kind is Learns.PREDICTION]
    assert bool(marks) is seen
    assert all(x.what == "RandomForestClassifier" for x in marks)


@pytest.mark.parametrize(
    "body",
    [
        "t = LogisticRegression().fit(m.predict_proba(b), d)\n",
        "from sklearn.isotonic import IsotonicRegression\nt = IsotonicRegression().fit(m.predict(b), d)\n",
        "from sklearn.calibration import CalibratedClassifierCV as C\nt = C(m, cv='prefit').fit(b, d)\n",
        (
            "from sklearn.calibration import CalibratedClassifierCV\nfrom sklearn.frozen import FrozenEstimator\n"
            "t = CalibratedClassifierCV(FrozenEstimator(m)).fit(b, d)\n"
        ),
    ],
)
def test_a_fit_on_predictions_knows_whose_they_are(body: str) -> None:
    (fitted,) = flow_of(TABLE + body).of(FittedOnPredictions)
    assert fitted.trained
    assert not overlap(fitted.rows, fitted.trained)


def test_a_calibration_that_fits_its_model_anew_is_an_ordinary_fit() -> None:
    flow = flow_of(
        TABLE + "from sklearn.calibration import CalibratedClassifierCV\nCalibratedClassifierCV(m, cv=5).fit(a, c)\n"
    )
    assert flow.of(FittedOnPredictions) == ()
