"""L303: the version of a network that is kept is chosen by the test rows."""

from __future__ import annotations

from cst_tools.rules.tuning import ChoiceRule

_HEAD = """\
import copy
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torchvision import datasets, transforms

"""
_LOADERS = """\
train_loader = DataLoader(datasets.MNIST(".", train=True), batch_size=64)
test_loader = DataLoader(datasets.MNIST(".", train=False), batch_size=64)
"""
_MODEL = """\

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)

    def forward(self, x):
        return self.fc(x.flatten(1))


def accuracy(model, loader):
    right = total = 0
    for x, y in loader:
        right += (model(x).argmax(1) == y).sum().item()
        total += len(y)
    return right / total


model = Net()
optimizer = torch.optim.Adam(model.parameters())
criterion = nn.CrossEntropyLoss()
best = 0
"""
_EPOCH = """\
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
"""


def _torch(rest: str, loaders: str = _LOADERS, model: str = _MODEL) -> str:
    return _HEAD + loaders + model + _EPOCH + rest


_SAVE = """\
    score = accuracy(model, {loader})
    if score > best:
        best = score
        torch.save(model.state_dict(), "best.pt")
"""
_THREE = """\
full = datasets.MNIST(".", train=True)
train_part, val_part = torch.utils.data.random_split(full, [50000, 10000])
train_loader, val_loader = DataLoader(train_part), DataLoader(val_part)
test_loader = DataLoader(datasets.MNIST(".", train=False))
"""
_TENSORS = """\
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y)
X_train, X_test = torch.tensor(X_train), torch.tensor(X_test)
y_train, y_test = torch.tensor(y_train), torch.tensor(y_test)
model = nn.Sequential(nn.Linear(64, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
best = {start}
for epoch in range(100):
    loss = criterion(model(X_train), y_train)
    loss.backward()
    optimizer.step()
"""


class CheckpointByTest(ChoiceRule):
    r"""The best epoch of a training loop is kept, or reported, by the score on the test rows.

    ## What it does
    Follows the score of a loader, data set or tensor into `if score > best:` inside a training loop, where weights are
    saved or copied or the best epoch is noted, and no other held-out rows are scored. Saving every epoch, or by the
    training loss, or by a validation set beside a test set, is not reported.

    ## Why is this bad
    The score wobbles from epoch to epoch. The maximum over the epochs is the score of the luckiest one: on a small
    test set several points above what the network will do on new data.

    ## Example
    ```python
    for epoch in range(100):
        train(model, train_loader)
        accuracy = evaluate(model, test_loader)
        if accuracy > best:
            best = accuracy
            torch.save(model.state_dict(), "best.pt")
    print(best)
    ```
    Use instead:
    ```python
    train_set, val_set = random_split(train_set, [0.9, 0.1])
    for epoch in range(100):
        train(model, train_loader)
        accuracy = evaluate(model, val_loader)
        if accuracy > best:
            best = accuracy
            torch.save(model.state_dict(), "best.pt")
    model.load_state_dict(torch.load("best.pt"))
    print(evaluate(model, test_loader))
    ```

    ## Fix safety
    No edit: where the validation rows come from is a decision about the experiment.

    ## References
    - Goodfellow, Bengio, Courville: Deep Learning, 7.8 "Early Stopping"
    """

    code = "L303"
    slug = "checkpoint-by-test"
    advice = "choose the epoch on a part split off the training rows, and score the test rows once"
    VALID = (
        _torch("    print(accuracy(model, test_loader))\n"),
        _torch("    print(accuracy(model, test_loader))\n    torch.save(model.state_dict(), f'{epoch}.pt')\n"),
        _torch(_SAVE.format(loader="val_loader") + "print(accuracy(model, test_loader))\n", _THREE),
        _torch(_SAVE.format(loader="val_loader"), _THREE),
        _torch(
            "    if loss.item() < best:\n        best = loss.item()\n        torch.save(model.state_dict(), 'b.pt')\n"
            "print(accuracy(model, test_loader))\n"
        ),
        _HEAD + _TENSORS.format(start=0) + "print((model(X_test).argmax(1) == y_test).float().mean())\n",
        _HEAD
        + _TENSORS.format(start="float('inf')").replace(
            "best =", "X_test, X_hold, y_test, y_hold = train_test_split(X_test, y_test)\nbest ="
        )
        + "    test_loss = criterion(model(X_test), y_test)\n    if test_loss < best:\n        best = test_loss\n"
        "        torch.save(model.state_dict(), 'b.pt')\nprint((model(X_hold).argmax(1) == y_hold).float().mean())\n",
    )  # fmt: skip
    INVALID = (
        _torch(_SAVE.format(loader="test_loader") + "print(best)\n"),
        _torch(
            "    score = accuracy(model, test_loader)\n    if score > best:\n        best = score\n"
            "        weights = copy.deepcopy(model.state_dict())\nmodel.load_state_dict(weights)\n"
            "print(accuracy(model, test_loader))\n"
        ),
        _torch("    best = max(best, accuracy(model, test_loader))\nprint('best', best)\n"),
        _HEAD
        + _TENSORS.format(start="float('inf')")
        + "    test_loss = criterion(model(X_test), y_test).item()\n    if test_loss < best:\n"
        "        best, best_epoch = test_loss, epoch\n        torch.save(model.state_dict(), 'b.pt')\n",
        _torch(
            "    scores.append(accuracy(model, test_loader))\nprint('best accuracy', max(scores))\n",
            model=_MODEL + "scores = []\n",
        ),
        _HEAD + "from mylib import get_loaders, make_net\ntrain_loader, test_loader = get_loaders()\n"
        "net = make_net()\nbest = 0.0\nopt = torch.optim.Adam(net.parameters())\n"
        "for epoch in range(9):\n    net.train()\n"
        "    for x, y in train_loader:\n        loss = nn.functional.cross_entropy(net(x), y)\n"
        "        loss.backward()\n        opt.step()\n    net.eval()\n    right = 0\n    for x, y in test_loader:\n"
        "        right += net(x).argmax(1).eq(y).sum().item()\n    if right > best:\n        best = right\n"
        "        torch.save(net, 'best.pt')\nprint(best)\n",
        _HEAD
        + _LOADERS
        + _MODEL
        + "class Trainer:\n    def __init__(self, model):\n        self.model, self.best = model, 0\n\n"
        "    def run(self, train, test):\n        for epoch in range(9):\n            for x, y in train:\n"
        "                loss = criterion(self.model(x), y)\n                loss.backward()\n"
        "            score = accuracy(self.model, test)\n            if score > self.best:\n"
        "                self.best = score\n                torch.save(self.model.state_dict(), 'best.pt')\n"
        "        return self.best\n\nprint(Trainer(model).run(train_loader, test_loader))\n",
    )
