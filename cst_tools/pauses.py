"""A pause for the garbage collector while trees are built.

A tree has a million objects and no garbage; looking at all of them again and again takes longer than building them.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """Cycles are not looked for inside; for bounded work only."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
