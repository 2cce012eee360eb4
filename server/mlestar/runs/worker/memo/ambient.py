"""What a call depends on beside its arguments: versions, settings, the global random generators."""

from __future__ import annotations

import hashlib
import os
import pickle
import random
import sys
import warnings
from typing import Any, Iterable, Optional

from .. import seeding
from .prints import Unfit

_THREADS = (
    "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "BLIS_NUM_THREADS", "LOKY_MAX_CPU_COUNT", "OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES", "MKL_CBWR",
    "JOBLIB_MULTIPROCESSING", "PYTHONHASHSEED", "SKLEARN_WORKING_MEMORY", "SCIPY_ARRAY_API",
)  # fmt: skip
_ALWAYS = ("numpy", "scipy", "pandas", "sklearn", "pyarrow", "threadpoolctl", "joblib")


class Randomness:
    """The states of all global generators at one time. Equal ``text`` means equal randomness from there on."""

    def __init__(self) -> None:
        self.python = random.getstate()
        numpy = sys.modules.get("numpy.random")
        self.numpy = numpy.get_state(legacy=False) if numpy is not None else None
        self.streams, self.uses = seeding.drawn()
        parts: Any = [self.python, self.streams, seeding.current()]
        if self.numpy is not None:
            inner = self.numpy["state"]
            parts += [inner["key"].tobytes(), inner["pos"], self.numpy["has_gauss"], self.numpy["gauss"]]
        self.text = hashlib.sha256(pickle.dumps(parts, 4)).hexdigest()

    def since(self, before: "Randomness") -> "Optional[tuple[Any, ...]]":
        """What was drawn since ``before``, for `replay`; None when nothing was. Raises Unfit when it cannot tell."""
        if (self.text, self.uses) == (before.text, before.uses):
            return None
        if (self.numpy is None) != (before.numpy is None):
            raise Unfit("it imports NumPy")
        numpy = None if self.numpy is None else (self.numpy["state"]["key"].tobytes(), self.numpy["state"]["pos"],
                                                 self.numpy["has_gauss"], self.numpy["gauss"])  # fmt: skip
        return self.python, numpy, self.streams - before.streams, self.uses - before.uses


def replay(drawn: "tuple[Any, ...]") -> None:
    """Leave the global generators as the call that drew from them did."""
    python, packed, streams, uses = drawn
    random.setstate(python)
    if packed is not None:
        import numpy

        key, pos, has_gauss, gauss = packed
        numpy.random.set_state(("MT19937", numpy.frombuffer(key, numpy.uint32), pos, has_gauss, gauss))
    seeding.draw(streams, uses)


def seed_is_used() -> None:
    seeding.draw(0, 1)


def _version(name: str) -> str:
    module = sys.modules.get(name)
    return (
        "" if module is None else "{} {}".format(getattr(module, "__version__", "?"), getattr(module, "__file__", ""))
    )


def environment_text(salt: str, roots: Iterable[str]) -> str:
    """Versions of the libraries in ``roots`` and all settings that change what they compute."""
    names = sorted({*_ALWAYS, *roots} - {"builtins", "copyreg", "collections"})
    parts: list[Any] = [salt, sys.version, sys.prefix, sys.flags.optimize]
    parts += [(name, _version(name)) for name in names]
    parts += [(name, os.environ.get(name)) for name in _THREADS]
    sklearn: Any = sys.modules.get("sklearn")
    if sklearn is not None and hasattr(sklearn, "get_config"):
        parts.append(sorted((key, repr(value)) for key, value in sklearn.get_config().items()))
    pandas: Any = sys.modules.get("pandas._config.config")
    if pandas is not None:
        parts.append(_options(getattr(pandas, "_global_config", {})))
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "geterr"):
        parts.append((sorted(numpy.geterr().items()), sorted(map(repr, numpy.get_printoptions().items()))))
    parts.append([(f[0], str(f[1]), repr(f[2]), str(f[3]), f[4]) for f in warnings.filters])
    return repr(parts)


def _options(tree: Any) -> "list[Any]":
    return sorted(
        (str(key), _options(item) if isinstance(item, dict) else repr(item))
        for key, item in tree.items()
        if key not in ("display", "plotting", "styler")
    )
