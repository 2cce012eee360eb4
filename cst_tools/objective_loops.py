"""What the loops of a training script go over: folds, seeds, epochs, batches, models, trials."""

from __future__ import annotations

import ast
import enum
import re
from dataclasses import dataclass

from cst_tools.walking import walk


class LoopKind(str, enum.Enum):
    """What a loop goes over."""

    FOLD = "folds"
    SEED = "seeds"
    EPOCH = "epochs"
    BATCH = "batches"
    CHOICE = "models or settings"
    TRIAL = "trials"
    OTHER = "rows"


@dataclass(frozen=True)
class Loop:
    kind: LoopKind
    node: ast.AST


_WORDS = re.compile(r"[a-z]+")
_FOLD_WORDS = frozenset(
    [
        "fold",
        "folds",
        "kf",
        "skf",
        "kfold",
        "cv",
        "splitter",
        "gkf",
        "sgkf",
        "tscv",
        "splits",
        "rskf",
        "rkf",
        "loo",
        "logo",
    ]
)
_EPOCH_WORDS = frozenset(
    ["epoch", "epochs", "ep", "epc", "n_epochs", "iters", "iterations", "iteration", "rounds", "round", "step", "steps"]
)
_BATCH_WORDS = frozenset(
    ["loader", "loaders", "dataloader", "batch", "batches", "batched", "dl", "dataset", "iterator", "minibatch"]
)
_SEED_WORDS = frozenset(["seed", "seeds", "repeat", "repeats", "rep", "run", "runs", "trial_seed"])
_CHOICE_WORDS = frozenset(
    [
        "models",
        "model",
        "clf",
        "clfs",
        "classifiers",
        "regressors",
        "estimators",
        "pipelines",
        "candidates",
        "params",
        "configs",
        "grid",
        "product",
        "alphas",
        "depths",
        "thresholds",
        "cs",
        "ks",
        "learning",
        "lrs",
        "items",
        "settings",
        "methods",
        "algorithms",
    ]
)


def loop_kind(target: ast.expr, iterable: ast.expr) -> LoopKind:
    """What a ``for`` goes over, from the names of its target and of what it iterates."""
    names = set(_WORDS.findall(ast.unparse(target).lower()))
    source = set(_WORDS.findall(ast.unparse(iterable).lower()))
    calls = {n.func.attr for n in walk(iterable) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
    if "split" in calls and not any(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr == "split" and not n.args
        for n in walk(iterable)
    ):
        return LoopKind.FOLD
    if names & _FOLD_WORDS or source & _FOLD_WORDS:
        return LoopKind.FOLD
    if names & _SEED_WORDS or source & _SEED_WORDS:
        return LoopKind.SEED
    if names & _BATCH_WORDS or source & _BATCH_WORDS:
        return LoopKind.BATCH
    if names & _EPOCH_WORDS or source & _EPOCH_WORDS:
        return LoopKind.EPOCH
    if names & _CHOICE_WORDS or source & _CHOICE_WORDS or isinstance(iterable, (ast.List, ast.Tuple)):
        return LoopKind.CHOICE
    return LoopKind.OTHER


def while_kind(node: ast.While) -> LoopKind:
    """What a ``while`` goes over: folds when its test says so, else epochs."""
    words = set(_WORDS.findall(ast.unparse(node.test).lower()))
    return LoopKind.FOLD if words & _FOLD_WORDS else LoopKind.EPOCH
