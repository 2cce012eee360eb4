"""Repeatable randomness from outside: libraries are seeded right after they are imported, before user code uses them.

Nothing is imported eagerly: hooks wait on ``sys.meta_path`` for the few modules they know.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import numbers
import random
import sys
from types import ModuleType
from typing import Any, Callable, Optional, Sequence

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
    """Folds asked for by number or by default are contiguous or class-ordered, never random: other seeds shuffle them."""
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


class _Loader(importlib.abc.Loader):
    """Runs the module's own loader, then the hook; from then on it is out of the way."""

    def __init__(self, inner: Any, hook: Hook, seed: int) -> None:
        self._inner, self._hook, self._seed = inner, hook, seed

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> Optional[ModuleType]:
        module: Optional[ModuleType] = self._inner.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        module.__loader__ = self._inner
        if spec is not None:
            spec.loader = self._inner
        self._inner.exec_module(module)
        try:
            self._hook(module, self._seed)
        except Exception as error:  # an unusual version of the library: the run goes on unseeded, and says so
            sys.stderr.write("mlestar: {} could not be seeded: {}\n".format(module.__name__, error))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._waiting = dict(HOOKS)

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        hook = self._waiting.pop(fullname, None)
        if hook is None:
            return None
        for finder in sys.meta_path:
            if finder is self:
                continue
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None and hasattr(spec.loader, "exec_module"):
                    spec.loader = _Loader(spec.loader, hook, self._seed)
                return spec
        self._waiting[fullname] = hook
        return None


def install(seed: int) -> None:
    random.seed(seed)
    for name, hook in HOOKS.items():
        module = sys.modules.get(name)
        if module is not None:
            hook(module, seed)
    sys.meta_path.insert(0, _Finder(seed))
