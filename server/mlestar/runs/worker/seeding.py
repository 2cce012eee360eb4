"""Repeatable randomness from outside: libraries are seeded right after they are imported, before user code uses them.

Nothing is imported eagerly: `hooks` waits for the few modules that are known here.
"""

from __future__ import annotations

import functools
import numbers
import random
from types import ModuleType
from typing import Any, Callable

from . import hooks

Hook = Callable[[ModuleType, int], None]


def _numpy(module: ModuleType, seed: int) -> None:
    rng: Any = module.random  # type: ignore[attr-defined,unused-ignore]
    rng.seed(seed % 2**32)
    made = [0]
    original = rng.default_rng

    @functools.wraps(original)
    def default_rng(seed_: Any = None, *args: Any, **kwargs: Any) -> Any:
        if seed_ is None and kwargs.get("seed") is None:
            made[0] += 1  # each unseeded generator gets a stream of its own, the same in every run
            return original([seed % 2**32, made[0]])
        return original(seed_, *args, **kwargs) if seed_ is not None else original(*args, **kwargs)

    rng.default_rng = default_rng


def _torch(module: ModuleType, seed: int) -> None:
    module.manual_seed(seed)


def _tensorflow(module: ModuleType, seed: int) -> None:
    module.random.set_seed(seed)


def _polars(module: ModuleType, seed: int) -> None:
    module.set_random_seed(seed)


def _sklearn_folds(module: ModuleType, seed: int) -> None:
    """Folds asked for by number or by default follow the order of the rows: seeds other than 0 shuffle them."""
    if seed == 0:
        return
    original = module.check_cv
    plain = (module.KFold, module.StratifiedKFold)

    @functools.wraps(original)
    def check_cv(cv: Any = 5, *args: Any, **kwargs: Any) -> Any:
        folds = original(cv, *args, **kwargs)
        if (cv is None or isinstance(cv, numbers.Integral)) and type(folds) in plain and not folds.shuffle:
            return type(folds)(n_splits=folds.n_splits, shuffle=True, random_state=seed)
        return folds

    module.check_cv = check_cv  # type: ignore[attr-defined]


HOOKS: dict[str, Hook] = {
    "numpy": _numpy,
    "torch": _torch,
    "tensorflow": _tensorflow,
    "polars": _polars,
    "sklearn.model_selection._split": _sklearn_folds,
}


def install(seed: int) -> None:
    random.seed(seed)
    for name, hook in HOOKS.items():
        hooks.after_import(name, functools.partial(_seeded, hook, seed))


def _seeded(hook: Hook, seed: int, module: ModuleType) -> None:
    hook(module, seed)
