"""Strategies for networks trained with PyTorch or Keras."""

from __future__ import annotations

import libcst as cst

from mlestar.playbook.arguments import with_keywords
from mlestar.playbook.examples import swap
from mlestar.playbook.names import dotted
from mlestar.playbook.scene import Scene
from mlestar.playbook.strategy import MODEL_ROLES, Change, Strategy
from mlestar.types import NotApplicable

_LOOP = """\
for epoch in range(EPOCHS):
    model.train()
    for xb, yb in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(xb), yb)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
"""
_TORCH = (
    """\
import torch
from torch import nn
from torch.optim import Adam

model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
criterion = nn.CrossEntropyLoss()
optimizer = Adam(model.parameters(), lr=1e-3)

"""
    + _LOOP
)
_KERAS = """\
import tensorflow as tf
from tensorflow import keras

model = keras.Sequential([keras.layers.Dense(32, activation="relu"), keras.layers.Dense(1)])
model.compile(optimizer="adam", loss="mse")
model.fit(X_train, y_train, epochs=50, validation_split=0.2)
"""


class DecoupledDecay(Strategy):
    """Trains with AdamW: Adam with weight decay that does what it says.

    In Adam, an L2 penalty is divided by the gradient's size and hardly regularises. AdamW shrinks the weights
    themselves.
    """

    slug = "adamw"
    title = "Train with AdamW and weight decay"
    roles = MODEL_ROLES
    reference = "https://arxiv.org/abs/1711.05101"
    prior = 0.4
    examples = (
        swap(
            _TORCH,
            "optimizer = Adam(model.parameters(), lr=1e-3)",
            "optimizer = AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)",
            imports="from torch.optim import AdamW",
            runs=False,
        ),
    )

    def apply(self, scene: Scene) -> Change | NotApplicable:
        draft = scene.draft()
        imports: tuple[str, ...] = ()
        for call in scene.calls:
            if scene.qualified(call.func) not in ("torch.optim.Adam", "torch.optim.adam.Adam"):
                continue
            given = {a.keyword.value for a in call.args if a.keyword is not None}
            values = {} if "weight_decay" in given else {"weight_decay": "0.01"}
            name = dotted(call.func) or ""
            if "." in name:
                written = name.removesuffix("Adam") + "AdamW"
            else:
                written, added = scene.refer("torch.optim", "AdamW")
                imports += added
            draft.replace(call, with_keywords(call, values).with_changes(func=cst.parse_expression(written)))
        if draft.empty:
            return NotApplicable("the block constructs no Adam optimiser")
        why = "Adam hardly regularises; AdamW shrinks the weights themselves."
        return self.change(draft, why, "Adam becomes AdamW", imports)


class CosineSchedule(Strategy):
    """Lowers the learning rate along a cosine over the epochs.

    A constant rate either learns slowly or keeps jumping about at the end. A cosine starts fast and settles.
    """

    slug = "cosine-schedule"
    title = "Lower the learning rate along a cosine"
    roles = MODEL_ROLES
    reference = "https://arxiv.org/abs/1608.03983"
    prior = 0.45
    examples = (
        swap(
            _TORCH.replace("\n\nfor epoch", "\nfor epoch"),
            _LOOP,
            "scheduler = CosineAnnealingLR(optimizer, T_max=EPOCHS)\n"
            + _LOOP.replace("step()\n", "step()\n    scheduler.step()\n"),
            at="for epoch",
            imports="from torch.optim.lr_scheduler import CosineAnnealingLR",
            runs=False,
        ),
    )

    def apply(self, scene: Scene) -> Change | NotApplicable:
        if (
            any("lr_scheduler" in q for q in scene.names.bound.values())
            or "lr_scheduler" in scene.names.all_attributes()
        ):
            return NotApplicable("the script has a schedule already")
        if "scheduler" in scene.names.all_names or not any(q.startswith("torch") for q in scene.names.bound.values()):
            return NotApplicable("the script has a schedule already, or does not train with PyTorch")
        for loop in scene.code.walk():
            if not isinstance(loop, cst.For) or not isinstance(loop.body, cst.IndentedBlock):
                continue
            epochs = _epochs(scene, loop.iter)
            batches = [s for s in loop.body.body if isinstance(s, cst.For)]
            if epochs is None or not batches:
                continue
            optimiser = _stepped(batches[0])
            if optimiser is None:
                continue
            name, imports = scene.refer("torch.optim.lr_scheduler", "CosineAnnealingLR")
            draft = scene.draft()
            draft.before(loop, f"scheduler = {name}({optimiser}, T_max={epochs})")
            draft.after(batches[0], "scheduler.step()")
            why = "The learning rate is constant; a cosine starts as fast and settles at the end."
            return self.change(draft, why, "the learning rate follows a cosine over the epochs", imports)
        return NotApplicable("the block has no loop over epochs around a loop over batches")


def _epochs(scene: Scene, iterated: cst.BaseExpression) -> str | None:
    """The number of epochs of ``range(n)``, also under a progress bar."""
    while isinstance(iterated, cst.Call) and dotted(iterated.func) in ("tqdm", "trange", "tqdm.tqdm", "tqdm.trange"):
        if dotted(iterated.func) in ("trange", "tqdm.trange"):
            break
        if not iterated.args:
            return None
        iterated = iterated.args[0].value
    if not isinstance(iterated, cst.Call) or dotted(iterated.func) not in ("range", "trange", "tqdm.trange"):
        return None
    plain = [a for a in iterated.args if a.keyword is None]
    return scene.code.code_of(plain[0].value) if len(plain) == 1 else None


def _stepped(loop: cst.For) -> str | None:
    """The optimiser that ``optimizer.step()`` is called on in the loop over batches."""
    stack: list[cst.CSTNode] = [loop.body]
    names: list[str] = []
    while stack:
        node = stack.pop()
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "step":
            name = dotted(node.func.value)
            if name is not None and not node.args and "sched" not in name:
                names.append(name)
        stack.extend(node.children)
    return names[0] if len(set(names)) == 1 else None


class KerasEarlyStopping(Strategy):
    """Stops training when the loss on a part of the training data stops falling, and keeps the best weights.

    The validation rows are split off the training data by Keras; validation data given by the script is left
    alone, as it may be the test set.
    """

    slug = "keras-early-stopping"
    title = "Stop early and keep the best weights"
    roles = MODEL_ROLES
    reference = "https://keras.io/api/callbacks/early_stopping/"
    prior = 0.5
    examples = (
        swap(
            _KERAS,
            "model.fit(X_train, y_train, epochs=50, validation_split=0.2)",
            "model.fit(X_train, y_train, epochs=50, validation_split=0.2, "
            "callbacks=[keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)])",
            at="model.fit(",
            runs=False,
        ),
    )

    def apply(self, scene: Scene) -> Change | NotApplicable:
        roots = {q.split(".")[0] for q in scene.names.bound.values()}
        if not roots & {"keras", "tensorflow"}:
            return NotApplicable("the script does not train with Keras")
        for call in scene.calls:
            if not isinstance(call.func, cst.Attribute) or call.func.attr.value != "fit":
                continue
            given = {a.keyword.value for a in call.args if a.keyword is not None}
            if "epochs" not in given or given & {"callbacks", "validation_data"} or any(a.star for a in call.args):
                continue
            written, imports = _early_stopping(scene)
            values = {} if "validation_split" in given else {"validation_split": "0.1"}
            values["callbacks"] = f"[{written}(patience=5, restore_best_weights=True)]"
            draft = scene.draft()
            draft.replace(call, with_keywords(call, values))
            why = "The network trains for a fixed number of epochs; held-out training rows can tell it when to stop."
            return self.change(draft, why, "training stops early and keeps the best weights", imports)
        return NotApplicable("the block calls no `fit` with epochs and without callbacks or validation data")


def _early_stopping(scene: Scene) -> tuple[str, tuple[str, ...]]:
    for module, path in (("tensorflow.keras", ""), ("keras", ""), ("tensorflow", ".keras")):
        alias = scene.names.module_alias(module, scene.line)
        if alias is not None:
            return f"{alias}{path}.callbacks.EarlyStopping", ()
    tensorflow = any(q.startswith("tensorflow") for q in scene.names.bound.values())
    return scene.refer("tensorflow.keras.callbacks" if tensorflow else "keras.callbacks", "EarlyStopping")


STRATEGIES = (DecoupledDecay, CosineSchedule, KerasEarlyStopping)
