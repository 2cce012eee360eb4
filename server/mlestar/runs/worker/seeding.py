"""Repeatable randomness from outside: libraries are seeded right after they are imported, before user code uses them.

Nothing is imported eagerly: `hooks` waits for the few modules that are known here. One process may come to stand for
another seed as long as nothing random was drawn: `untouched` tells, `reseed` does it.
"""

from __future__ import annotations

import functools
import numbers
import random
import sys
from types import ModuleType
from typing import Any, Callable

from . import hooks

Hook = Callable[[ModuleType, int], None]

_now: "dict[str, Any]" = {"seed": 0, "streams": 0, "uses": 0, "before_use": None}
"""The seed; how many unseeded generators were made; how often the seed itself decided something, and what to call
before it does (see `on_use`)."""
_fresh: "dict[str, Any]" = {}
"""States of the global generators right after they were seeded."""


def _using() -> int:
    """The seed, for something that depends on it from here on."""
    if _now["before_use"] is not None:
        _now["before_use"]()
    _now["uses"] += 1
    return int(_now["seed"])


def on_use(function: "Callable[[], None] | None") -> None:
    """Call ``function`` each time before the seed itself decides something; it may `reseed`."""
    _now["before_use"] = function


def _numpy_state(module: ModuleType) -> Any:
    state = module.random.get_state(legacy=False)
    return state["state"]["key"].tobytes(), state["state"]["pos"], state["has_gauss"]


def _numpy(module: ModuleType, seed: int) -> None:
    rng: Any = module.random  # type: ignore[attr-defined,unused-ignore]
    rng.seed(seed % 2**32)
    _fresh["numpy"] = _numpy_state(module)
    if hasattr(rng.default_rng, "__wrapped__"):
        return
    original = rng.default_rng

    @functools.wraps(original)
    def default_rng(seed_: Any = None, *args: Any, **kwargs: Any) -> Any:
        if seed_ is None and kwargs.get("seed") is None:
            own = _using()
            _now["streams"] += 1  # each unseeded generator gets a stream of its own, the same in every run
            return original([own % 2**32, _now["streams"]])
        return original(seed_, *args, **kwargs) if seed_ is not None else original(*args, **kwargs)

    rng.default_rng = default_rng


def _torch_state(module: ModuleType) -> Any:
    return module.get_rng_state().tolist()


def _torch(module: ModuleType, seed: int) -> None:
    module.manual_seed(seed)
    _fresh["torch"] = _torch_state(module)


def _tensorflow(module: ModuleType, seed: int) -> None:
    module.random.set_seed(seed)


def _polars(module: ModuleType, seed: int) -> None:
    module.set_random_seed(seed)


def _sklearn_folds(module: ModuleType, _: int) -> None:
    """Folds asked for by number or by default follow the order of the rows: seeds other than 0 shuffle them."""
    if hasattr(module.check_cv, "__wrapped__"):
        return
    original = module.check_cv
    plain = (module.KFold, module.StratifiedKFold)

    @functools.wraps(original)
    def check_cv(cv: Any = 5, *args: Any, **kwargs: Any) -> Any:
        folds = original(cv, *args, **kwargs)
        if (cv is None or isinstance(cv, numbers.Integral)) and type(folds) in plain and not folds.shuffle:
            seed = _using()
            if seed != 0:
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
    _now["seed"] = seed
    random.seed(seed)
    _fresh["random"] = random.getstate()
    for name, hook in HOOKS.items():
        hooks.after_import(name, functools.partial(_seeded, hook))


def _seeded(hook: Hook, module: ModuleType) -> None:
    hook(module, int(_now["seed"]))


def current() -> int:
    """The seed this process runs under."""
    return int(_now["seed"])


def drawn() -> "tuple[int, int]":
    """Unseeded generators made, and decisions by the seed, so far."""
    return _now["streams"], _now["uses"]


def draw(streams: int, uses: int) -> None:
    """Count what a call would have drawn whose result was taken from elsewhere."""
    if uses:
        _using()
        _now["uses"] += uses - 1
    _now["streams"] += streams


def untouched() -> bool:
    """Whether nothing random was drawn or seeded since `install`, so that another seed can still take its place."""
    if _now["streams"] or "tensorflow" in sys.modules or "polars" in sys.modules:
        return False  # the last two do not tell
    try:
        if random.getstate() != _fresh["random"]:
            return False
        for name, state in (("numpy", _numpy_state), ("torch", _torch_state)):
            if name in _fresh and name in sys.modules and state(sys.modules[name]) != _fresh[name]:
                return False
    except Exception:
        return False  # the script put a generator of another kind in place
    return True


def reseed(seed: int) -> None:
    """Make ``seed`` the run's seed, as if it had been from the start; only while `untouched`."""
    _now["seed"] = seed
    random.seed(seed)
    _fresh["random"] = random.getstate()
    for name, hook in HOOKS.items():
        module = sys.modules.get(name)
        if module is not None:
            hook(module, seed)
