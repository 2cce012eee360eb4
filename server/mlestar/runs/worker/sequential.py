"""joblib without worker processes: the same results where a run may use one thread anyway, and far cheaper."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from . import hooks


def sequential_joblib() -> None:
    """From here on joblib's process backends compute in this process, one task after another.

    Tasks see the caller's own objects and random state, where worker processes would see copies and a state of their
    own: use it for all runs that are compared, or for none.
    """
    hooks.after_import("joblib.parallel", _install)


def _install(module: ModuleType) -> None:
    parallel: Any = module

    class InTurn(parallel.SequentialBackend):  # type: ignore[misc]
        supports_inner_max_num_threads = True
        """Nothing to limit: there is no worker. Refusing the argument would end scripts that give it."""

    for name in ("loky", "multiprocessing"):
        if name in parallel.BACKENDS:
            parallel.BACKENDS[name] = InTurn
